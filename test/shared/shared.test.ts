import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { allowAll, Module, parsePolicy, type Running, SharedThread } from "@wbpf/host";
import { kernelSuite } from "../support/kernel.js";
import { build, Process, root } from "../support/wbpf.js";

const fixture = join(root, "test/fixtures/shared");
const wasm = join(fixture, "build/shared.wasm");
/** A tool that was not built to share a thread. */
const plain = join(root, "test/fixtures/ring");
/** Guests of test/kernels emulate their processor. */
const SLOWER = process.env.WBPF_TEST_BUILT ? 10 : 1;

/** One module of a test, and what it printed. */
class Tool {
  stdout = "";
  stderr = "";
  readonly running: Running;

  constructor(module: Module, thread: SharedThread | undefined, args: readonly string[]) {
    this.running = module.start({
      ...(thread && { thread }),
      policy: allowAll(),
      args: ["--pid", String(process.pid), ...args],
      stdout: (bytes) => {
        this.stdout += Buffer.from(bytes);
      },
      stderr: (bytes) => {
        this.stderr += Buffer.from(bytes);
      },
    });
  }

  async says(pattern: RegExp): Promise<void> {
    const limit = performance.now() + 30_000 * SLOWER;
    while (!pattern.test(this.stdout)) {
      assert.ok(performance.now() < limit, `never said ${pattern}: ${this.stdout}${this.stderr}`);
      await pause(2);
    }
  }
}

const calls = (count: number): void => {
  for (let i = 0; i < count; i++) process.getegid?.();
};

kernelSuite("modules that share a thread", function () {
  this.timeout(120_000 * SLOWER);
  let module: Module;
  let thread: SharedThread;
  before(async () => {
    await build(fixture, "--shared");
    await build(plain);
    module = await Module.load(wasm);
  });
  beforeEach(() => {
    thread = new SharedThread({ turnMs: 300 * SLOWER, startMs: 3_000 * SLOWER });
  });
  afterEach(() => thread.close());

  const start = (...args: string[]) => new Tool(module, thread, args);

  it("each get all their events, and end by themselves when they are stopped", async () => {
    const tools = [start(), start(), start()];
    for (const tool of tools) await tool.says(/^ready$/m);
    assert.equal(thread.size, 3);
    calls(1000);
    const [first, ...others] = tools as [Tool, Tool, Tool];
    await pause(100 * SLOWER);
    first.running.stop();
    assert.deepEqual(await first.running.finished, { kind: "exit", exitCode: 0 });
    assert.equal(first.stdout, "ready\ntotal 1000, ticked true, spun false\n");
    calls(500);
    await pause(100 * SLOWER);
    for (const tool of others) {
      tool.running.stop();
      assert.deepEqual(await tool.running.finished, { kind: "exit", exitCode: 0 });
      assert.equal(tool.stdout, "ready\ntotal 1500, ticked true, spun false\n");
    }
    assert.equal(thread.size, 0);
  });

  it("go on where they waited when their time is over", async () => {
    const tool = start("--duration-ms", String(200 * SLOWER));
    await tool.says(/^ready$/m);
    calls(7);
    assert.deepEqual(await tool.running.finished, { kind: "exit", exitCode: 0 });
    assert.equal(tool.stdout, "ready\ntotal 7, ticked true, spun false\n");
  });

  it("sleep without the others", async () => {
    const began = performance.now();
    const sleeps = start("--sleep-ms", String(400 * SLOWER), "--duration-ms", "1");
    const stopped = start("--sleep-ms", "600000");
    const other = start("--duration-ms", "1");
    assert.deepEqual(await other.running.finished, { kind: "exit", exitCode: 0 });
    assert.equal(sleeps.stdout, "");
    assert.deepEqual(await sleeps.running.finished, { kind: "exit", exitCode: 0 });
    assert.ok(performance.now() - began >= 400 * SLOWER);
    // No error, and one event.
    assert.match(sleeps.stdout, /^slept 0 1\nready\n/);
    stopped.running.stop();
    // EINTR of WASI preview 1.
    await stopped.says(/^slept 27 0$/m);
    await stopped.running.finished;
  });

  it("give way although they never wait", async () => {
    const [spins, waits] = [start("--then", "spin"), start()];
    for (const tool of [spins, waits]) await tool.says(/^ready$/m);
    for (let i = 0; i < 10; i++) {
      calls(10);
      await pause(20 * SLOWER);
    }
    for (const tool of [spins, waits]) {
      tool.running.stop();
      assert.deepEqual(await tool.running.finished, { kind: "exit", exitCode: 0 });
    }
    assert.match(spins.stdout, /^total 100, ticked (true|false), spun true$/m);
    assert.match(waits.stdout, /^total 100, ticked true, spun false$/m);
  });

  for (const [what, then, result, said] of [
    [
      "loops for ever in a handler",
      "loop",
      "killed busy",
      /shared\.wasm: it went on for \d+ ms without waiting/,
    ],
    ["traps", "trap", "trap", /^$/],
  ] as const) {
    it(`do not mind one that ${what}`, async () => {
      const bad = start("--then", then);
      const good = start();
      for (const tool of [bad, good]) await tool.says(/^ready$/m);
      calls(5);
      const ended = await bad.running.finished;
      assert.equal([ended.kind, ...("reason" in ended ? [ended.reason] : [])].join(" "), result);
      assert.match(bad.stderr, said);
      calls(5);
      await pause(100 * SLOWER);
      good.running.stop();
      assert.deepEqual(await good.running.finished, { kind: "exit", exitCode: 0 });
      assert.match(good.stdout, /^total 10, /m);
    });
  }

  it("are ended where they stand by kill(), whether they wait or loop", async () => {
    const tools = [start(), start("--then", "loop"), start("--then", "begin-loop")];
    const [waits, loops, begins] = tools as [Tool, Tool, Tool];
    await waits.says(/^ready$/m);
    await loops.says(/^ready$/m);
    begins.running.kill();
    waits.running.kill();
    assert.deepEqual(await waits.running.finished, { kind: "killed", reason: "kill" });
    calls(1);
    loops.running.kill();
    assert.deepEqual(await loops.running.finished, { kind: "killed", reason: "kill" });
    assert.deepEqual(await begins.running.finished, { kind: "killed", reason: "kill" });
  });

  it("have policies of their own", async () => {
    const policy = parsePolicy("version: 1\nhost: { stdout: true, stderr: true }\n", "none.yaml");
    const denied = module.start({ thread, policy });
    const allowed = start();
    await allowed.says(/^ready$/m);
    const result = await denied.finished;
    assert.match(result.kind === "failed" ? result.error.message : "", /none\.yaml does not grant/);
  });

  it("keep the limits that are a module's own", async () => {
    const limits = (text: string) =>
      parsePolicy(`version: 1\nlimits: { ${text} }\n`, "tool.yaml").limits;
    const run = (text: string) =>
      module.start({
        ...{ thread, policy: { ...allowAll(), limits: limits(text) } },
        args: ["--pid", String(process.pid)],
        stdout: () => {},
        stderr: () => {},
      });
    const result = await run(`wall: ${500 * SLOWER}ms`).finished;
    assert.equal(
      result.kind === "killed" && result.reason === "limit" && result.limit.limit,
      "wall",
    );
    // What it opens needs three handles.
    assert.deepEqual(await run("handles: 2").finished, { kind: "exit", exitCode: 1 });
    assert.throws(() => run("memory: 32Ki"), { code: "MODULE_LIMIT" });
  });

  it("leave nothing in the kernel, however they end", async () => {
    const objects = () =>
      readFileSync("/proc/self/maps", "utf8").match(/anon_inode:bpf-map/g)?.length ?? 0;
    const before = objects();
    const tools = [start(), start("--then", "trap"), start("--then", "loop"), start()];
    for (const tool of tools) await tool.says(/^ready$/m);
    assert.ok(objects() > before, "their buffers are mapped");
    tools[3]?.running.kill();
    calls(1);
    await Promise.all(tools.slice(1).map(({ running }) => running.finished));
    await thread.close();
    assert.equal(objects(), before);
  });

  for (const [when, files] of [
    ["exits while they wait", [wasm, wasm]],
    ["comes to its end, with none of them in it", []],
  ] as const) {
    it(`do not keep a process that ${when}`, async () => {
      const script = fileURLToPath(new URL("exits.mjs", import.meta.url));
      const { code, stderr } = await new Process(process.execPath, [script, ...files], {
        limitMs: 20_000 * SLOWER,
      }).ended;
      assert.equal(stderr, "");
      assert.equal(code, 7);
    });
  }

  it("are told what is wrong before anything runs", async () => {
    const policy = (limits: string) =>
      parsePolicy(`version: 1\nhost: { stdout: true }\nlimits: { ${limits} }\n`, "tool.yaml");
    const cases: readonly (readonly [RegExp, () => unknown])[] = [
      [/limits\.cpu \(tool\.yaml:3.*thread of its own/, () => policy("cpu: 1s")],
      [/limits\.callback /, () => policy("callback: 1s")],
      [/limits\.stack /, () => policy("stack: 1Mi")],
      [/limits\.eventsPerSecond /, () => policy("eventsPerSecond: 10")],
      [/limits\.outputBytesPerSecond /, () => policy("outputBytesPerSecond: 10")],
    ];
    for (const [message, make] of cases) {
      assert.throws(() => module.start({ thread, policy: make() as ReturnType<typeof policy> }), {
        code: "USAGE",
        message,
      });
    }
    const capabilities = { start: [], attached: [], end: [] } as never;
    assert.throws(() => module.start({ thread, capabilities }), { code: "USAGE" });
    assert.throws(() => module.start({ thread, backend: "file:///other.js" }), {
      code: "USAGE",
      message: /backend is 'kernel'/,
    });
    const other = await Module.load(join(plain, "build/ring.wasm"));
    assert.throws(() => other.start({ thread }), {
      code: "MODULE_NOT_SHARED",
      message: /^cannot run ring\.wasm in a shared thread: .*wbpf build --shared/,
    });
    await thread.close();
    assert.throws(() => module.start({ thread }), { code: "USAGE", message: /is closed/ });
    assert.throws(() => new SharedThread({ turnMs: 0 }), { code: "USAGE", message: /turnMs is 0/ });
  });

  it("run in a thread of their own as well", async () => {
    const tool = new Tool(module, undefined, []);
    await tool.says(/^ready$/m);
    calls(3);
    await pause(100 * SLOWER);
    tool.running.stop();
    assert.deepEqual(await tool.running.finished, { kind: "exit", exitCode: 0 });
    assert.match(tool.stdout, /^total 3, ticked true/m);
  });
});
