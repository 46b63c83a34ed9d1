import assert from "node:assert/strict";
import { kernelSuite } from "../support/kernel.js";
import { build } from "../support/wbpf.js";
import { attached, fixture, guest, numbersOf, refused, run } from "./support/tool.js";

/** Makes a system call that nothing else in this process makes by itself. */
function getegid(times: number): void {
  for (let i = 0; i < times; i++) process.getegid?.();
}

/** Keeps this thread on its CPU. */
function compute(ms: number): void {
  const end = Date.now() + ms;
  while (Date.now() < end);
}

const ours = ["--pid", String(process.pid)];

kernelSuite("attaching to what the kernel has to watch it by", function () {
  this.timeout(180_000);
  before(() => build(fixture("trace")));

  it("tracepoint: fires at each system call, and hands over its cookie", async () => {
    const place = ["--a", "syscalls", "--b", "sys_enter_getegid"];
    const tool = await attached("trace", [
      ...["--kind", "tracepoint", ...place, ...ours],
      ...["--cookie", "12345678901"],
    ]);
    getegid(50);
    const { count, cookie } = await numbersOf(tool);
    assert.equal(count, 50);
    assert.equal(cookie, 12345678901);
  });

  it("tracepoint: names what is near to one that is not there", async () => {
    const place = (category: string, name: string) => [
      ...["--kind", "tracepoint", "--a", category, "--b", name],
    ];
    await refused(
      "trace",
      place("syscalls", "sys_enter_getegi"),
      /^cannot attach program 'on_tracepoint' \(tracepoint\) to tracepoint syscalls\/sys_enter_getegi: this kernel has no tracepoint 'sys_enter_getegi' in 'syscalls'; did you mean 'sys_enter_getegid'.* \(ENOENT\)$/,
    );
    await refused(
      "trace",
      place("shed", "sched_switch"),
      /no category 'shed' of tracepoints.*'sched/,
    );
    await refused("trace", place("../../etc", "x"), /no category '\.\.\/\.\.\/etc'|no tracepoint/);
  });

  it("raw tracepoint: fires at each system call", async () => {
    const tool = await attached("trace", ["--kind", "raw_tp", "--a", "sys_enter", ...ours]);
    getegid(50);
    const { count = 0 } = await numbersOf(tool);
    assert.ok(count >= 50, `${count}`);
    await refused("trace", ["--kind", "raw_tp", "--a", "sys_entr"], /did you mean 'sys_enter'/);
  });

  it("tp_btf: fires at each system call", async () => {
    const tool = await attached("trace", ["--kind", "tp_btf", ...ours]);
    getegid(50);
    const { count = 0 } = await numbersOf(tool);
    assert.ok(count >= 50, `${count}`);
  });

  it("perf event: samples every CPU by the software clock", async () => {
    const tool = await attached("trace", [
      ...["--kind", "perf_event", "--a", "1", "--cookie", "9", ...ours],
    ]);
    compute(400);
    const { count = 0, cookie } = await numbersOf(tool);
    assert.ok(count >= 10, `${count} samples of 400 ms at 500 Hz`);
    assert.equal(cookie, 9);
  });

  it("perf event: samples one thread alone", async () => {
    const tool = await attached("trace", [
      ...["--kind", "perf_event", "--a", "1", "--scope", String(process.pid)],
    ]);
    compute(400);
    const { count = 0 } = await numbersOf(tool);
    assert.ok(count >= 10 && count <= 400, `${count} samples`);
  });

  it("perf event: says when there is no such event, or no such process", async () => {
    const kind = ["--kind", "perf_event", "--a"];
    await refused("trace", [...kind, "99"], /perf event 0 of type 99: .*(ENOENT|EINVAL)/);
    await refused("trace", [...kind, "1", "--scope", "4194303"], /there is no process 4194303/);
  });

  it("iterator: writes a line for each process, anew at each walk", async () => {
    const ended = await run("trace", ["--kind", "iter"]);
    assert.equal(ended.code, 0, ended.stderr);
    const [, first = "", second = ""] = ended.stdout.split(/^walk \d$/m);
    for (const walk of [first, second]) {
      assert.match(walk, new RegExp(`^process ${process.pid}$`, "m"));
      assert.match(walk, /end\s*$/);
    }
  });

  it("iterator: walks over a map's elements", async function () {
    const ended = await run("trace", ["--kind", "iter", "--a", "elem"]);
    // Some kernels refuse the iterators that are for one map, even to root. Debian's have to take them.
    if (!guest && ended.code === 1) {
      assert.match(ended.stderr, /this kernel refuses iter\/bpf_map_elem programs.*\(EPERM\)\n$/);
      this.skip();
    }
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /walk 0\ncount 0\nend\nwalk 1\ncount 0\nend\n/);
  });
});
