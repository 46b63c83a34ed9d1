import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { kernelSuite } from "../support/kernel.js";
import { build, start } from "../support/wbpf.js";
import { fixture, guest, run } from "./support/tool.js";

/** The module checks for itself and prints what is not as it should be. */
async function passes(mode: string, ...args: string[]): Promise<void> {
  const ended = await run("control", ["--mode", mode, ...args]);
  assert.equal(ended.stdout + ended.stderr, "as it should be\n");
  assert.equal(ended.code, 0);
}

kernelSuite("setting, asking and pinning from a module", function () {
  this.timeout(180_000);
  before(() => build(fixture("control")));

  it("sets maps and programs before the load, and not after", () => passes("settings"));

  it("runs a program without an event, with a packet", () => passes("test-run"));

  it("counts and times runs while statistics are on", () => passes("stats"));

  it("pins maps, programs, links and objects, and finds a pinned map in another run", async () => {
    const folder = `/sys/fs/bpf/wbpf-test-${process.pid}`;
    mkdirSync(folder);
    try {
      await passes("pin", "--folder", folder);
      assert.deepEqual(readdirSync(folder).sort(), ["counts", "link", "measure"]);
      await passes("reuse", "--folder", folder);
      assert.deepEqual(readdirSync(folder), ["measure"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaks no descriptor and no memory over 10,000 rounds of open and close, load and attach among them", async () => {
    const wasm = `${fixture("control")}/build/control.wasm`;
    const rounds = guest ? 1000 : 10_000;
    const args = ["run", wasm, "--mode", "rounds", "--count", String(rounds)];
    const tool = start(args, { limitMs: 170_000 });
    const pid = tool.child.pid as number;
    const measure = () => ({
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      resident: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
    });
    await tool.printed(new RegExp(`^round ${rounds / 2}$`, "m"));
    const early = measure();
    await tool.printed(new RegExp(`^round ${rounds - 1}$`, "m"));
    const late = measure();
    const ended = await tool.ended;
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(late.descriptors, early.descriptors);
    // A function of the addon that stayed would be a quarter of a kB, an object 100. V8 sizes its heap as it goes, some MB more or less.
    const perRound = (late.resident - early.resident) / (rounds / 2);
    assert.ok(guest || perRound < 2, `${perRound} kB more for each round`);
  });
});
