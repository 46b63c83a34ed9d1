import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { attached, fixture, guest, numbersOf, run } from "./support/tool.js";

const ours = ["--pid", String(process.pid)];

/**
 * Some kernels refuse these programs even to root, this machine's among them. Debian's have to take them; elsewhere a refusal has to be the sentence that says so.
 */
async function refusedHere(kind: string, args: readonly string[]): Promise<boolean> {
  if (guest) return false;
  const ended = await run("trace", ["--kind", kind, ...args, "--probe"]);
  if (ended.code === 0) return false;
  assert.match(
    ended.stderr,
    new RegExp(
      `^cannot load BPF object 'trace': program 'on_${kind}' \\(.*\\): this kernel refuses ${kind} programs.*\\(EPERM\\)\n$`,
    ),
  );
  return true;
}

kernelSuite("attaching to functions through the kernel's trampoline", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  const folder = mkdtempSync(join(tmpdir(), "wbpf-functions-"));
  before(() => build(fixture("trace")));
  after(() => rmdirSync(folder));

  for (const kind of ["fentry", "fexit"]) {
    it(`${kind}: fires at each call, and hands over its cookie`, async function () {
      if (await refusedHere(kind, ["--a", "do_unlinkat"])) this.skip();
      const tool = await attached("trace", [
        ...["--kind", kind, "--a", "do_unlinkat", "--cookie", "12", ...ours],
      ]);
      for (let i = 0; i < 5; i++) {
        writeFileSync(join(folder, "file"), "");
        rmSync(join(folder, "file"));
      }
      assert.deepEqual(await numbersOf(tool), { count: 5, cookie: 12, seen: 0 });
    });
  }

  for (const [kind, cookie] of [
    ["fmod_ret", 21],
    ["lsm", 0],
  ] as const) {
    it(`${kind}: denies what its program denies, until it is detached`, async function () {
      if (await refusedHere(kind, [])) this.skip();
      const child = join(folder, "child");
      const tool = await attached("trace", [
        ...["--kind", kind, "--cookie", String(cookie), ...ours],
      ]);
      assert.throws(() => mkdirSync(child), { code: "EPERM" });
      const numbers = await numbersOf(tool);
      assert.ok((numbers.count ?? 0) >= 1);
      assert.equal(numbers.cookie, cookie);
      mkdirSync(child);
      rmdirSync(child);
    });
  }

  it("freplace: stands in for a function of another program, until it is detached", async function () {
    if (await refusedHere("freplace", [])) this.skip();
    const ended = await run("trace", ["--kind", "freplace"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stdout, "before 1\nwhile 42\nafter 1\n");
  });
});
