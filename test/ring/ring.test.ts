import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/ring");
const wasm = join(folder, "build/ring.wasm");

interface Summary {
  received: number;
  disorder: number;
  wrong: number;
  last: number;
  sum: number;
  others: number;
  short: number;
  pages: number;
}

/** What has to arrive of the first `count` records: all but every eleventh, which is discarded. */
function expected(count: number): { received: number; sum: number; last: number } {
  let received = 0;
  let sum = 0;
  let last = 0;
  for (let i = 0; i < count; i++) {
    if (i % 11 === 0) continue;
    received++;
    sum += i;
    last = i;
  }
  return { received, sum, last };
}

/** Makes this process call getegid(2) `calls` times: the program submits `burst` records at each. */
function submit(calls: number): void {
  for (let i = 0; i < calls; i++) process.getegid?.();
}

async function finish(tool: Process): Promise<Summary> {
  const ended = await tool.stop();
  assert.equal(ended.code, 0, ended.stderr);
  return JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
}

async function open(...args: string[]): Promise<Process> {
  const tool = start(["run", wasm, "--pid", String(process.pid), ...args], { limitMs: 110_000 });
  await tool.printed(/^ready$/m);
  return tool;
}

/** Ids of the BPF programs that a process holds, itself or through a link, read from its descriptors. */
function heldPrograms(pid: number): number[] {
  const ids: number[] = [];
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8");
    const id = /^prog_id:\s*(\d+)/m.exec(info)?.[1];
    if (id) ids.push(Number(id));
  }
  return [...new Set(ids)];
}

kernelSuite("ring buffers from the kernel to a module", function () {
  this.timeout(120_000);
  before(() => build(folder));

  it("delivers 100,000 records of two sizes in order, none twice, none that was discarded", async () => {
    const total = 100_000;
    const tool = await open("--burst", "100", "--pace", "1000");
    const { received, sum, last } = expected(total);
    submit(total / 100);
    await tool.printed(new RegExp(`^at ${Math.floor(received / 1000) * 1000}$`, "m"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const summary = await finish(tool);
    assert.deepEqual(summary, {
      received,
      disorder: 0,
      wrong: 0,
      last,
      sum,
      others: 0,
      short: 0,
      pages: summary.pages,
    });
  });

  it("goes round a small ring many times beside a second ring of the same object", async () => {
    const tool = await open("--pace", "1");
    // 64 KiB hold 4,096 records of 8 bytes: 20,000 go round about five times. The test keeps pace by the first ring.
    const rounds = 20;
    for (let round = 1; round <= rounds; round++) {
      for (let i = 0; i < 1_000; i++) process.getgid?.();
      submit(1);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const { received, sum, last } = expected(rounds);
    const summary = await finish(tool);
    assert.deepEqual(summary, {
      received,
      disorder: 0,
      wrong: 0,
      last,
      sum,
      others: rounds * 1_000,
      short: 0,
      pages: summary.pages,
    });
  });

  it("does not grow the module's memory over 1,000,000 records", async () => {
    const short = await open("--burst", "100", "--pace", "10000");
    submit(200);
    await short.printed(/^at 10000$/m);
    const before = (await finish(short)).pages;

    const tool = await open("--burst", "100", "--pace", "10000");
    for (let step = 1; step <= 100; step++) {
      submit(100);
      const at = Math.floor(expected(step * 10_000).received / 10_000) * 10_000;
      if (at > 0) await tool.printed(new RegExp(`^at ${at}$`, "m"));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const summary = await finish(tool);
    assert.equal(summary.received, expected(1_000_000).received);
    assert.equal(summary.disorder + summary.wrong, 0);
    assert.equal(summary.pages, before);
  });

  it("stops within 100 ms while it waits, and leaves no process and no program behind", async () => {
    const tool = await open();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const pid = tool.child.pid as number;
    const ids = heldPrograms(pid);
    assert.equal(ids.length, 2, "both programs are loaded while the module runs");
    const started = process.hrtime.bigint();
    const stopped = tool.printed(/^\{"received"/m).then(() => process.hrtime.bigint());
    const ended = await tool.stop("SIGTERM");
    assert.equal(ended.code, 0, ended.stderr);
    const ms = Number((await stopped) - started) / 1e6;
    assert.ok(ms < 100, `the module came out of its wait after ${ms} ms`);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});
