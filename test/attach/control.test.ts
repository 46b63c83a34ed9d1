import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { kernelSuite } from "../support/kernel.js";
import { build, start } from "../support/wbpf.js";
import { fixture, run } from "./support/tool.js";

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
      assert.deepEqual(readdirSync(folder).sort(), ["link", "measure"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaks no descriptor and no memory over 2,000 rounds of open, load, attach and close", async () => {
    const wasm = `${fixture("control")}/build/control.wasm`;
    const args = ["run", wasm, "--mode", "rounds", "--count", "2000"];
    const tool = start(args, { limitMs: 170_000 });
    const pid = tool.child.pid as number;
    const measure = () => ({
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      resident: Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
    });
    await tool.printed(/^round 1000$/m);
    const early = measure();
    await tool.printed(/^round 1999$/m);
    const late = measure();
    const ended = await tool.ended;
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(late.descriptors, early.descriptors);
    // Node keeps some 10 kB of each round, the records of functions that are gone, until the module returns to its event loop. An object that stayed would be ten
    // times that.
    const perRound = (late.resident - early.resident) / 1000;
    assert.ok(perRound < 24, `${perRound} kB more for each round`);
  });
});
