import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, type Process, root, start, wbpf } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/maps/events");
const module = join(folder, "build/events.wasm");

interface Summary {
  received: number;
  wrong: number;
  disorder: number;
  sum: number;
  last: number;
  sent: number;
  dropped: number;
  told: number;
}

async function open(kind: "ring" | "perf", args: string[], env = {}): Promise<Process> {
  const tool = start(["run", module, "--pid", String(process.pid), ...args], {
    limitMs: 60_000,
    env: { ...process.env, ...env },
  });
  const [, found] = await tool.printed(/^ready (\w+)$/m);
  assert.equal(found, kind);
  return tool;
}

/** Makes this process call getegid(2): the program makes a burst of events at each. */
function cause(calls: number): void {
  for (let i = 0; i < calls; i++) process.getegid?.();
}

/** Lets {@link cause} call from one CPU only: perf buffers keep no order between CPUs. The tool is running already and keeps all of them. */
async function onOneCpu(body: () => Promise<void>): Promise<void> {
  const thread = String(process.pid);
  const before = /^Cpus_allowed_list:\s*(\S+)$/m.exec(
    readFileSync("/proc/self/status", "utf8"),
  )?.[1];
  const cpus = before ?? "0";
  execFileSync("taskset", ["-pc", cpus.split(/[-,]/)[0] ?? "0", thread]);
  try {
    await body();
  } finally {
    execFileSync("taskset", ["-pc", cpus, thread]);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function finish(tool: Process): Promise<Summary> {
  const { code, stdout, stderr } = await tool.stop();
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
}

/** What arrives of the first `count` events: those that are not taken back. */
function expected(count: number): Summary {
  const kept = Array.from({ length: count }, (_, i) => i + 1).filter(
    (sequence) => sequence % 5 !== 0 || sequence % 7 === 0,
  );
  return {
    received: kept.length,
    wrong: 0,
    disorder: 0,
    sum: kept.reduce((a, b) => a + b, 0),
    last: kept.at(-1) ?? 0,
    sent: kept.length,
    dropped: 0,
    told: 0,
  };
}

kernelSuite("one event buffer on every kernel", function () {
  this.timeout(process.env.WBPF_TEST_BUILT ? 600_000 : 180_000);
  before(() => build(folder));

  it("lets a module ask what the kernel can do", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module, "--features"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const [major = 0, minor = 0, patch = 0] = release().split(/[.-]/).map(Number.parseFloat);
    const cpus = /-(\d+)/.exec(readFileSync("/sys/devices/system/cpu/possible", "utf8"))?.[1] ?? 0;
    const ring = major > 5 || (major === 5 && minor >= 8) ? 1 : 0;
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      `hash 1 ring ${ring} none 0`,
      "xdp 1 none 0 lookup 1 skb 0",
      `version ${(major << 16) | (minor << 8) | Math.min(patch, 255)} cpus ${Number(cpus) + 1}`,
      "new true far false",
    ]);
  });

  const kinds = [
    { title: "a ring buffer", kind: "ring", args: [], env: {} },
    {
      title: "perf buffers, where the kernel has no ring",
      kind: "perf",
      args: [],
      env: { WBPF_WITHOUT: "ringbuf" },
    },
    {
      title: "perf buffers, because the module wants them",
      kind: "perf",
      args: ["--perf"],
      env: {},
    },
  ] as const;
  it("wakes the module for as many records at once as it wants, in buffers as large as it wants", async function () {
    // It is about when, which says nothing under emulation.
    if (process.env.WBPF_TEST_BUILT) this.skip();
    // 8 pages a CPU hold some 600 records; 300 of them wake.
    const options = ["--perf", "--pages", "8", "--wakeup", "300", "--burst", "100"];
    const tool = await open("perf", options);
    await tool.printed(/^listening$/m);
    // It looks once before it sleeps: what was there then would need no waking.
    await pause(1_000);
    cause(2);
    await pause(200);
    assert.doesNotMatch(tool.stdout, /first/);
    cause(4);
    await tool.printed(/^first$/m);
    await pause(100);
    const summary = await finish(tool);
    assert.equal(summary.dropped, 0);
    assert.ok(summary.received >= 240, `${summary.received} received`);

    // The same in bytes: a record takes 40, and a burst some 80 of them.
    const bytes = ["--perf", "--pages", "8", "--watermark", "12000", "--burst", "100"];
    const late = await open("perf", bytes);
    await late.printed(/^listening$/m);
    await pause(1_000);
    await onOneCpu(async () => {
      cause(2);
      await pause(200);
      assert.doesNotMatch(late.stdout, /first/);
      cause(4);
    });
    await late.printed(/^first$/m);
    assert.equal((await finish(late)).dropped, 0);

    const wrong = start(["run", module, "--pid", "1", "--perf", "--pages", "3"]);
    const ended = await wrong.ended;
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /cannot open map 'events' as a buffer: .* a power of two/);
  });

  for (const { title, kind, args, env } of kinds) {
    it(`brings the same events through ${title}`, async () => {
      const tool = await open(kind, ["--burst", "50", ...args], env);
      await tool.printed(/^listening$/m);
      await onOneCpu(async () => {
        for (let i = 0; i < 20; i++) {
          cause(1);
          await pause(2);
        }
      });
      await pause(100);
      assert.deepEqual(await finish(tool), expected(1_000));
    });

    it(`counts the events that found no room in ${title}, and tells the handler`, async () => {
      const tool = await open(kind, ["--burst", "100", "--deaf", "1500", ...args], env);
      await onOneCpu(async () => {
        cause(400);
        const [, waiting] = await tool.printed(/^waiting (\d+)$/m);
        // What is there is nearly the whole buffer: 64 KiB, or 64 pages of this CPU.
        const room = kind === "ring" ? 64 * 1024 : 64 * 4096;
        assert.ok(Number(waiting) > room - 100, `${waiting} bytes wait`);
        await tool.printed(/^listening$/m);
        await pause(100);
        cause(1);
      });
      await pause(100);
      const { received, wrong, disorder, last, sent, dropped, told } = await finish(tool);
      assert.equal(last, 40_099);
      assert.deepEqual({ wrong, disorder }, { wrong: 0, disorder: 0 });
      assert.ok(dropped > 1_000, `${dropped} dropped`);
      assert.equal(told, dropped);
      // A ring buffer has no room for those that would have been taken back either.
      if (kind === "perf") assert.equal(received + dropped, sent);
      else assert.ok(received + dropped >= sent, `${received} + ${dropped} of ${sent}`);
    });
  }
});
