import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { buildTarget, Target, targetPath } from "./support/target.js";
import { atLeast, attached, fixture, guest, numbersOf, refused } from "./support/tool.js";

const file = ["--a", targetPath];

kernelSuite("attaching to functions of files", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  let target: Target;
  before(async () => {
    buildTarget();
    await build(fixture("trace"));
  });
  beforeEach(() => {
    target = new Target();
  });
  afterEach(() => target.end());

  it("uprobe: fires at a call, with its argument and its cookie, in the process that was named", async () => {
    const tool = await attached("trace", [
      ...["--kind", "uprobe", ...file, "--b", "twice", "--cookie", "5"],
      ...["--scope", String(target.pid)],
    ]);
    const other = new Target();
    await other.work(1);
    await target.work(21);
    await target.work(22);
    await other.end();
    assert.deepEqual(await numbersOf(tool), { count: 2, cookie: 5, seen: 22 });
  });

  it("uretprobe: fires at the return, with the result", async () => {
    const tool = await attached("trace", [
      ...["--kind", "uretprobe", ...file, "--b", "twice", "--pid", String(target.pid)],
    ]);
    await target.work(21);
    assert.deepEqual(await numbersOf(tool), { count: 1, cookie: 0, seen: 42 });
  });

  it("uprobe: finds a library as the dynamic linker does", async () => {
    const tool = await attached("trace", [
      ...["--kind", "uprobe", "--a", "libc.so.6", "--b", "getegid", "--pid", String(process.pid)],
    ]);
    for (let i = 0; i < 7; i++) process.getegid?.();
    assert.equal((await numbersOf(tool)).count, 7);
  });

  it("uprobe: says when the file or the function is not there, and what is near", async () => {
    const place = (path: string, name: string) => ["--kind", "uprobe", "--a", path, "--b", name];
    await refused(
      "trace",
      place(targetPath, "twicf"),
      /has no function 'twicf'; did you mean 'twice'/,
    );
    await refused(
      "trace",
      place("/no/such/file", "f"),
      /'\/no\/such\/file:f': there is no such file \(ENOENT\)$/,
    );
    await refused("trace", place("/etc/passwd", "f"), /'\/etc\/passwd:f'/);
  });

  it("uprobe.multi: fires at all functions that match, and hands each its cookie", async function () {
    const all = ["--kind", "uprobe_multi", ...file, "--pid", String(target.pid)];
    if (!atLeast("6.6")) {
      await refused("trace", [...all, "--b", "t*ice"], /Linux \d.* needs 6\.6 or newer/);
      this.skip();
    }
    const tool = await attached("trace", [...all, "--b", "t*ice"]);
    await target.work(10);
    assert.deepEqual(await numbersOf(tool), { count: 2, cookie: 0, seen: 10 });
    const named = await attached("trace", [...all, "--cookie", "100"]);
    await target.work(11);
    const { count, cookie } = await numbersOf(named);
    assert.equal(count, 2);
    assert.ok(cookie === 100 || cookie === 101);
    await refused("trace", [...all, "--b", "no*thing"], /no function that matches 'no\*thing'/);
  });

  it("usdt: fires at a static probe, with its argument and its cookie", async () => {
    const tool = await attached("trace", [
      ...["--kind", "usdt", ...file, "--b", "worked", "--cookie", "77"],
      ...["--scope", String(target.pid)],
    ]);
    await target.work(33);
    assert.deepEqual(await numbersOf(tool), { count: 1, cookie: 77, seen: 33 });
    await refused(
      "trace",
      ["--kind", "usdt", ...file, "--b", "wrked"],
      /the static probe wbpf:wrked of .*has no such static probe/,
    );
  });
});

kernelSuite("attaching to functions of the kernel", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  /** Only what Debian's kernels have; the machine's own may have none of it, and then has to say so. */
  const kprobes = guest || existsSync("/sys/kernel/tracing/kprobe_events");
  const ours = ["--pid", String(process.pid)];
  const folder = mkdtempSync(join(tmpdir(), "wbpf-probes-"));
  before(() => build(fixture("trace")));
  after(() => rmdirSync(folder));

  function unlink(times: number): void {
    for (let i = 0; i < times; i++) {
      writeFileSync(join(folder, "file"), "");
      rmSync(join(folder, "file"));
    }
  }

  for (const [kind, a, cookie] of [
    ["kprobe", "do_unlinkat", 6],
    ["kretprobe", "do_unlinkat", 7],
    ["ksyscall", "unlink", 8],
  ] as const) {
    it(`${kind}: fires at each call, and hands over its cookie`, async function () {
      const place = ["--kind", kind, "--a", a, "--cookie", String(cookie), ...ours];
      if (!kprobes) {
        await refused(
          "trace",
          place,
          /this kernel has no kprobes \(CONFIG_KPROBE_EVENTS\) \(ENOENT\)$/,
        );
        this.skip();
      }
      const tool = await attached("trace", place);
      unlink(5);
      assert.deepEqual(await numbersOf(tool), { count: 5, cookie, seen: 0 });
    });
  }

  it("kprobe: names what is near to a function that is not there", async function () {
    if (!kprobes) this.skip();
    await refused(
      "trace",
      ["--kind", "kprobe", "--a", "do_unlinkta"],
      /no function do_unlinkta that can be probed; did you mean .*'do_unlinkat'/,
    );
  });

  it("kprobe.multi: fires at all functions that match, and hands over a cookie", async function () {
    const multi = ["--kind", "kprobe_multi", ...ours];
    // Debian's 6.1 is built without CONFIG_FPROBE.
    if (!guest || !atLeast("6.12")) {
      // Whether it can is for the kernel to say: then it counts, else it explains.
      const { run } = await import("./support/tool.js");
      const ended = await run("trace", [...multi, "--a", "do_unlinka?t"]);
      assert.match(
        ended.stderr,
        /many functions at once \(CONFIG_FPROBE\)|no function that matches/,
      );
      this.skip();
    }
    const tool = await attached("trace", [...multi, "--a", "do_unlinka*"]);
    unlink(5);
    assert.deepEqual(await numbersOf(tool), { count: 5, cookie: 0, seen: 0 });
    const named = await attached("trace", [...multi, "--a", "do_unlinkat", "--cookie", "3"]);
    unlink(4);
    assert.deepEqual(await numbersOf(named), { count: 4, cookie: 3, seen: 0 });
  });
});
