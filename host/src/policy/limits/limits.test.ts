import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { type AuditRecord, Module, type Result, type StartOptions } from "@wbpf/host";
import { kernelSuite } from "../../../../test/support/kernel.js";
import { compileSource } from "../../backend/testing/compile.js";
import { compileGuest } from "../../testing/guest.js";
import { Lateness } from "../../testing/machine.js";
import { buildWasm, ENDLESS } from "../../testing/wasm-builder.js";
import { ALLOW_ALL, NO_LIMITS } from "../model/defaults.js";
import type { Limits, Policy } from "../model/policy.js";

type Values = { readonly [K in keyof Limits]?: number };

/** A policy that allows everything within these limits. */
function within(values: Values, mode: Policy["mode"] = "enforce"): Policy {
  const limits = Object.entries(values).map(([name, value]) => [
    name,
    { value, origin: `tool.policy.yaml:7 limits.${name}` },
  ]);
  return { ...ALLOW_ALL, mode, limits: { ...NO_LIMITS, ...Object.fromEntries(limits) } };
}

async function guest(source: string, object?: Uint8Array): Promise<Module> {
  const { wasm } = await compileGuest(source, object === undefined ? {} : { object });
  return Module.fromBytes(wasm, { name: "tool.wasm" });
}

/** Runs a module to its end. */
async function run(module: Module, policy: Policy, options: StartOptions = {}) {
  const records: AuditRecord[] = [];
  let stdout = "";
  let stderr = "";
  const started = performance.now();
  const running = module.start({
    policy,
    audit: (record) => records.push(record),
    stdout: (bytes) => {
      stdout += Buffer.from(bytes).toString();
    },
    stderr: (bytes) => {
      stderr += Buffer.from(bytes).toString();
    },
    ...options,
  });
  const result = await running.finished;
  const limits = records.filter(({ use }) => use.kind === "limit");
  return { result, stdout, stderr, limits, usage: running.usage, ms: performance.now() - started };
}

/** That a module was ended by a limit, and recorded. */
function assertEnded(ended: Awaited<ReturnType<typeof run>>, limit: string, message: RegExp): void {
  const { result, limits } = ended;
  assert.ok(result.kind === "killed" && result.reason === "limit", JSON.stringify(result));
  assert.equal(result.limit.limit, limit);
  assert.match(result.limit.message, message);
  assert.match(result.limit.rule, /^tool\.policy\.yaml:7/);
  assert.deepEqual(
    limits.map(({ use, verdict, name }) => [use, verdict, name]),
    [[{ kind: "limit", limit }, "deny", "tool.wasm"]],
  );
}

/** Declares `sleep()`, of so many milliseconds. */
const sleeping = (ms: number): string => `
  const area = heap.alloc(512);
  memory.fill(area, 0, 512);
  store<u32>(area + 16, 1);
  store<u64>(area + 24, ${ms}_000_000);
  function sleep(): void { poll_oneoff(area, area + 128, 1, area + 256); }`;

const endless = () => Module.fromBytes(buildWasm({ start: ENDLESS }), { name: "tool.wasm" });

describe("limits of a module", () => {
  const machine = new Lateness();
  before(() => machine.start());
  after(() => machine.stop());

  it("wall: ends it, though it waits", async () => {
    const module = await guest(`
      ${sleeping(60_000)}
      print("asleep"); sleep();`);
    // How long it takes here to begin.
    const before = performance.now();
    const warm = module.start({ stdout: () => warm.kill(), policy: ALLOW_ALL });
    await warm.finished;
    const wallMs = 2000 + Math.ceil(4 * (performance.now() - before));
    machine.take();
    const ended = await run(module, within({ wallMs }), { graceMs: 10_000 });
    const late = machine.take();
    assertEnded(ended, "wall", /^it has run for [\d.]+ s, and limits\.wall allows no more$/);
    assert.equal(ended.stdout, "asleep");
    assert.ok(ended.ms >= wallMs - 1, `${ended.ms} ms`);
    assert.ok(ended.ms < wallMs + 1000 + 4 * late, `${ended.ms} of ${wallMs} ms, late by ${late}`);
  });

  it("cpu: ends an endless loop, and lets one sleep that used little", async () => {
    const ended = await run(await endless(), within({ cpuMs: 200 }));
    assertEnded(
      ended,
      "cpu",
      /^it has used 2\d\d(\.\d)? ms of CPU time, and limits\.cpu allows 200 ms$/,
    );
    assert.ok((ended.usage?.cpuMs ?? 0) >= 200);
    const asleep = await guest(`
      ${sleeping(400)}
      sleep();`);
    assert.equal((await run(asleep, within({ cpuMs: 200 }))).result.kind, "exit");
  });

  it("callback: ends what does not wait, in less than twice its time, also around host calls", async () => {
    for (const body of ["", "sched_yield();", "object_close(1);", "last_error(64, 8);"]) {
      const module = await guest(`for (;;) { ${body} }`);
      machine.take();
      const ended = await run(module, within({ callbackMs: 1000 }));
      const late = machine.take();
      assertEnded(
        ended,
        "callback",
        /^it went on for .* without waiting for anything, and limits\.callback allows (?:1000 ms|1 s)$/,
      );
      const took = /for ([\d.]+) (ms|s)/.exec(
        (ended.result as Result & { limit: { message: string } }).limit.message,
      );
      const ms = Number(took?.[1]) * (took?.[2] === "s" ? 1000 : 1);
      assert.ok(ms < 2000 + 2 * late, `${took?.[0]}, and a timer was late by ${late} ms`);
    }
  });

  it("callback: not what sleeps between its turns", async () => {
    const module = await guest(`
      ${sleeping(20)}
      for (let i = 0; i < 25; i++) sleep();
      proc_exit(5);`);
    assert.deepEqual((await run(module, within({ callbackMs: 250 }))).result, {
      kind: "exit",
      exitCode: 5,
    });
  });

  it("callback: not a module that waits for a host that is busy", async () => {
    const module = await guest(`
      const text = "0123456789abcdef".repeat(65536);
      for (let i = 0; i < 4; i++) print(text);
      proc_exit(5);`);
    let slept = false;
    const { result } = await run(module, within({ callbackMs: 3000 }), {
      stdout: () => {
        if (slept) return;
        slept = true;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
      },
    });
    assert.deepEqual(result, { kind: "exit", exitCode: 5 });
  });

  it("memory: grows to the limit and not further, and the sentence of a trap names it", async () => {
    const exact = await guest(`
      while (memory.grow(1) >= 0);
      proc_exit(memory.size());`);
    assert.deepEqual((await run(exact, within({ memory: 4 << 20 }))).result, {
      kind: "exit",
      exitCode: 64,
    });
    const greedy = await guest(`
      const all = new Array<StaticArray<u8>>();
      for (;;) all.push(new StaticArray<u8>(65536));`);
    const { result, limits } = await run(greedy, within({ memory: 4 << 20 }));
    assert.ok(result.kind === "trap");
    assert.match(
      result.error.message,
      /^tool\.wasm trapped .*; its memory has 4 MiB of the 4 MiB that limits\.memory allows$/,
    );
    assert.equal(limits[0]?.verdict, "deny");
  });

  it("memory: refuses a module that starts with more", async () => {
    const module = await Module.fromBytes(buildWasm({ memory: { pages: 65 } }), {
      name: "tool.wasm",
    });
    const records: AuditRecord[] = [];
    assert.throws(
      () =>
        module.start({ policy: within({ memory: 4 << 20 }), audit: (one) => records.push(one) }),
      {
        code: "MODULE_LIMIT",
        message:
          "cannot run tool.wasm: its memory has 4.06 MiB from the start, and limits.memory allows 4 MiB (tool.policy.yaml:7 limits.memory)",
      },
    );
    assert.equal(records.length, 1);
    assert.equal(records[0]?.call, "start");
  });

  it("memory: leaves the places of a trap right", async () => {
    const { wasm, sourceMap } = await compileGuest(
      "function f(): void {\n  unreachable();\n}\nf();",
      { debug: true },
    );
    const module = await Module.fromBytes(wasm, { name: "tool.wasm", sourceMap });
    for (const policy of [ALLOW_ALL, within({ memory: 64 << 20 })]) {
      const { result } = await run(module, policy);
      assert.ok(result.kind === "trap");
      assert.match(
        result.error.message,
        /^tool\.wasm trapped at guest\.ts:2:\d+ in f: it gave up \(unreachable\)$/,
      );
    }
  });

  it("stack: ends an endless recursion as a trap, as deep as the limit is large", async () => {
    const module = await guest(`
      function f(n: i32): i32 { store<u32>(word, n); return n < 0 ? 1 : f(n + 1) + f(n + 2); }
      f(0);`);
    const { result, limits } = await run(module, within({ stack: 1 << 20 }));
    assert.ok(result.kind === "trap" && result.error.kind === "stack-overflow");
    assert.match(
      result.error.message,
      /stack overflow; is there an endless recursion\?.*; limits\.stack allows 1 MiB$/,
    );
    assert.deepEqual(
      limits.map(({ use }) => use),
      [{ kind: "limit", limit: "stack" }],
    );
    // How deep it comes: a depth that 4 MiB have room for, and 512 KiB do not.
    const deep = await guest(`
      function f(n: i32): i32 { store<u32>(word, n); return n == 0 ? 1 : f(n - 1) + load<i32>(word); }
      f(20000); proc_exit(5);`);
    assert.equal((await run(deep, within({ stack: 512 << 10 }))).result.kind, "trap");
    assert.deepEqual((await run(deep, within({ stack: 4 << 20 }))).result, {
      kind: "exit",
      exitCode: 5,
    });
  });

  it("stack: says which sizes there are", async () => {
    const module = await endless();
    for (const stack of [1000, 2 ** 40]) {
      assert.throws(() => module.start({ policy: within({ stack }) }), {
        name: "UsageError",
        message:
          /^limits\.stack is .* \(tool\.policy\.yaml:7 limits\.stack\); 256 KiB to 512 MiB were expected$/,
      });
    }
  });

  it("outputBytesPerSecond: makes writes wait, and says so once", async () => {
    const module = await guest(`for (let i = 0; i < 30; i++) print("x".repeat(100));`);
    const { result, stdout, stderr, limits, ms } = await run(
      module,
      within({ outputBytesPerSecond: 5000 }),
    );
    assert.equal(result.kind, "exit");
    assert.equal(stdout.length, 3000);
    assert.ok(ms >= 490, `${ms} ms`);
    assert.equal(
      stderr,
      "wbpf: tool.wasm: its output is held back to 5000 bytes a second (limits.outputBytesPerSecond)\n",
    );
    assert.equal(limits.length, 1);
  });

  it("outputBytesPerSecond: a stop ends the wait", async () => {
    const module = await guest(`for (;;) if (print("x".repeat(100)) != 0) proc_exit(7);`);
    const running = module.start({
      policy: within({ outputBytesPerSecond: 1 }),
      stdout: () => {},
      stderr: () => {},
      graceMs: 10_000,
    });
    setTimeout(() => running.stop(), 300);
    const started = performance.now();
    assert.deepEqual(await running.finished, { kind: "exit", exitCode: 7 });
    assert.ok(performance.now() - started < 3000);
  });

  it("can all be set at once, and a module within them notices nothing", async () => {
    const module = await guest(`print("fine"); proc_exit(3);`);
    const { result, stdout, stderr, limits, usage } = await run(
      module,
      within({
        memory: 16 << 20,
        stack: 1 << 20,
        cpuMs: 10_000,
        callbackMs: 10_000,
        wallMs: 60_000,
        eventsPerSecond: 1000,
        handles: 10,
        outputBytesPerSecond: 1 << 20,
      }),
    );
    assert.deepEqual(
      [result, stdout, stderr, limits],
      [{ kind: "exit", exitCode: 3 }, "fine", "", []],
    );
    assert.ok((usage?.cpuMs ?? 0) > 0);
  });

  it("only record in audit mode", async () => {
    const module = await guest(`
      const end = 20_000_000; for (let i = 0; i < end; i++) { sched_yield(); }
      while (memory.grow(1) >= 0 && memory.size() < 100);
      proc_exit(memory.size());`);
    const { result, limits } = await run(module, within({ cpuMs: 50, memory: 4 << 20 }, "audit"));
    assert.deepEqual(result, { kind: "exit", exitCode: 100 });
    assert.deepEqual(
      limits.map(({ use, verdict }) => [use, verdict]),
      [[{ kind: "limit", limit: "cpu" }, "would-deny"]],
    );
  });

  it("leave the other modules of the process alone", async () => {
    const good = await guest(`
      ${sleeping(500)}
      sleep();
      proc_exit(4);`);
    const other = run(good, ALLOW_ALL);
    assertEnded(await run(await endless(), within({ cpuMs: 100 })), "cpu", /CPU time/);
    assert.deepEqual((await other).result, { kind: "exit", exitCode: 4 });
  });
});

/** Descriptors of programs, maps and links that this process holds. */
const held = (): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes("bpf");
    } catch {
      return false;
    }
  }).length;

kernelSuite("limits of a module, on the kernel", () => {
  const OBJECT = `
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } rb SEC(".maps");
    SEC("raw_tp/sys_enter") int p(void *ctx) {
      __u64 *record = bpf_ringbuf_reserve(&rb, 8, 0);
      if (!record) return 0;
      *record = bpf_ktime_get_ns();
      bpf_ringbuf_submit(record, 0);
      return 0;
    }
    char LICENSE[] SEC("license") = "GPL";`;
  const START = `
    const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
    if (object_load(object) < 0 || program_attach(named(object, "p", true)) < 0) { print(lastError()); proc_exit(1); }
    const buffer = buffer_open(named(object, "rb"));
    const space = ((heap.alloc(70000) + 7) & ~7);`;
  const tool = (source: string) => guest(START + source, compileSource(OBJECT, "limits_events"));

  it("callback: ends a handler that does not return, and detaches all", async () => {
    const before = held();
    const ended = await run(
      await tool(
        `if (buffer_poll(buffer, space, 65536, -1) > 0) { print("handling"); for (;;) {} }`,
      ),
      within({ callbackMs: 300 }),
    );
    assert.equal(ended.stdout, "handling");
    assertEnded(ended, "callback", /limits\.callback allows 300 ms$/);
    assert.equal(held(), before);
  });

  it("eventsPerSecond: delivers so many, and says so once", async () => {
    const { result, stderr, limits, usage, ms } = await run(
      await tool(`
        let records = 0;
        while (records < 200) {
          const length = buffer_poll(buffer, space, 65536, 1000);
          if (length < 0) proc_exit(2);
          records += length / 16;
        }
        proc_exit(records == 200 ? 5 : 6);`),
      within({ eventsPerSecond: 200 }),
    );
    assert.deepEqual(result, { kind: "exit", exitCode: 5 });
    assert.ok(ms >= 880, `${ms} ms`);
    assert.equal(usage?.events, 200);
    assert.ok((usage?.eventsHeldBack ?? 0) > 0);
    assert.equal(
      stderr,
      "wbpf: tool.wasm: its polls are held back to 200 records a second (limits.eventsPerSecond); the kernel drops what finds no room in its buffers meanwhile\n",
    );
    assert.deepEqual(
      limits.map(({ use }) => use),
      [{ kind: "limit", limit: "eventsPerSecond" }],
    );
  });

  it("eventsPerSecond: a poll that may not wait says that there is nothing, and a stop ends the wait", async () => {
    const stop = new AbortController();
    const { result } = await run(
      await tool(`
        if (buffer_poll(buffer, space, 65536, 1000) != 16) proc_exit(2);
        if (buffer_poll(buffer, space, 65536, 0) != 0) proc_exit(3);
        if (buffer_poll(buffer, space, 65536, 20) != 0) proc_exit(4);
        print("held back");
        proc_exit(buffer_poll(buffer, space, 65536, -1) == -125 ? 5 : 6);`),
      within({ eventsPerSecond: 0.01 }),
      {
        signal: stop.signal,
        graceMs: 10_000,
        stdout: () => setTimeout(() => stop.abort(), 200),
      },
    );
    assert.deepEqual(result, { kind: "exit", exitCode: 5 });
  });

  it("handles: refuses one more than the limit, in one sentence", async () => {
    const { result, stdout, limits } = await run(
      await tool(`
        while (object_open(OBJECT, OBJECT_SIZE, 0, 0) > 0);
        print(lastError());
        proc_exit(object_close(object) == 0 && object_open(OBJECT, OBJECT_SIZE, 0, 0) > 0 ? 5 : 6);`),
      within({ handles: 8 }),
    );
    assert.equal(
      stdout,
      "too many open handles: 8 are the most (limits.handles); close some first",
    );
    assert.deepEqual(result, { kind: "exit", exitCode: 5 });
    assert.deepEqual(limits[0]?.use, { kind: "limit", limit: "handles" });
  });
});
