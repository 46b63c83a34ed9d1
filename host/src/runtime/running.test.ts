import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { allowAll, Module, type Result, type StartOptions } from "@wbpf/host";
import { kernelSuite } from "../../../test/support/kernel.js";
import { compileSource } from "../backend/testing/compile.js";
import { compileGuest } from "../testing/guest.js";
import { buildWasm, ENDLESS } from "../testing/wasm-builder.js";

const endless = () => Module.fromBytes(buildWasm({ start: ENDLESS }), { name: "loop.wasm" });

async function guest(source: string, object?: Uint8Array): Promise<Module> {
  const { wasm } = await compileGuest(source, object === undefined ? {} : { object });
  return Module.fromBytes(wasm, { name: "guest.wasm" });
}

/** Runs a guest and gathers what it writes. */
async function capture(module: Module, options: StartOptions = {}) {
  let stdout = "";
  let stderr = "";
  const running = module.start({
    policy: allowAll(),
    stdout: (bytes) => {
      stdout += Buffer.from(bytes).toString();
    },
    stderr: (bytes) => {
      stderr += Buffer.from(bytes).toString();
    },
    ...options,
  });
  const result = await running.finished;
  return { result, stdout, stderr };
}

function milliseconds(since: bigint): number {
  return Number(process.hrtime.bigint() - since) / 1e6;
}

describe("Running", () => {
  it("gives the exit code, and the output to whoever wants it", async () => {
    const module = await guest(
      `print("out\\n"); print("err\\n", 2); print("more\\n"); proc_exit(7);`,
    );
    for (let i = 0; i < 2; i++) {
      const { result, stdout, stderr } = await capture(module);
      assert.deepEqual(result, { kind: "exit", exitCode: 7 });
      assert.equal(stdout, "out\nmore\n");
      assert.equal(stderr, "err\n");
    }
  });

  it("passes arguments, and of the environment only what it was told", async () => {
    const module = await guest(`
      args_sizes_get(word, word + 4);
      print(strings(load<u32>(word), load<u32>(word + 4), true).join("|") + ";");
      environ_sizes_get(word, word + 4);
      print(strings(load<u32>(word), load<u32>(word + 4), false).join("|"));`);
    assert.equal((await capture(module)).stdout, "guest;");
    const { stdout } = await capture(module, { args: ["--x", "ä b", ""], env: { A: "1" } });
    assert.equal(stdout, "guest|--x|ä b|;A=1");
  });

  it("delivers a flood of output whole, in order, in bounded memory", async () => {
    const module = await guest(`
      const text = "0123456789abcdef".repeat(4096);
      for (let i = 0; i < 400; i++) print(text);`);
    let bytes = 0;
    const running = module.start({
      policy: allowAll(),
      stdout: (piece) => {
        assert.equal(Buffer.from(piece).indexOf("0123456789abcdef"), 0);
        bytes += piece.length;
      },
    });
    assert.equal((await running.finished).kind, "exit");
    assert.equal(bytes, 400 * 65_536);
  });

  it("ends a module whose output function throws", async () => {
    const module = await guest(`for (;;) print("x");`);
    const result = await module.start({
      policy: allowAll(),
      stdout: () => {
        throw new Error("disk full");
      },
    }).finished;
    assert(result.kind === "failed");
    assert.match(result.error.message, /threw: disk full/);
  });

  it("ends an endless loop after the grace period", async () => {
    const running = (await endless()).start({ policy: allowAll(), graceMs: 150 });
    const start = process.hrtime.bigint();
    running.stop();
    running.stop();
    assert.deepEqual(await running.finished, {
      kind: "killed",
      reason: "grace-over",
    } satisfies Result);
    const took = milliseconds(start);
    assert(took >= 149 && took < 1500, `${took} ms`);
  });

  it("gives what a module ended with, however long the kernel takes to close what it opened", async () => {
    // A session whose end takes a second and a half.
    const slow = `export const createBackend = () => ({ createSession: () => ({
      wait: () => 0,
      write: (fd, pointer, length) => length,
      close: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500),
    }) });`;
    const folder = mkdtempSync(join(tmpdir(), "wbpf-slow-"));
    const file = join(folder, "backend.mjs");
    writeFileSync(file, slow);
    const module = await guest(`print("now"); proc_exit(3);`);
    const running = module.start({
      policy: allowAll(),
      backend: pathToFileURL(file).href,
      graceMs: 300,
      stdout: () => {
        running.stop();
        setTimeout(() => running.kill(), 600);
      },
    });
    assert.deepEqual(await running.finished, { kind: "exit", exitCode: 3 });
    rmSync(folder, { recursive: true });
  });

  it("ends an endless loop around calls into the host", async () => {
    for (const body of [
      `sched_yield();`,
      `last_error(64, 64);`,
      `map_lookup(1, 64, 64, 0);`,
      `fd_write(1, 64, 0, 64);`,
    ]) {
      const running = (await guest(`while (true) { ${body} }`)).start({ policy: allowAll() });
      setTimeout(() => running.kill(), 200);
      const start = process.hrtime.bigint();
      assert.deepEqual(await running.finished, { kind: "killed", reason: "kill" });
      assert(milliseconds(start) < 2500);
    }
  });

  it("stops by an AbortSignal, also by one that is aborted already", async () => {
    const module = await endless();
    const abort = new AbortController();
    const running = module.start({ policy: allowAll(), signal: abort.signal, graceMs: 0 });
    setTimeout(() => abort.abort(), 50);
    assert.equal((await running.finished).kind, "killed");
    assert.equal(
      (await module.start({ policy: allowAll(), signal: abort.signal, graceMs: 0 }).finished).kind,
      "killed",
    );
  });

  it("does nothing when it is stopped or killed after its end", async () => {
    const running = (await guest("proc_exit(3);")).start({ policy: allowAll() });
    await running.finished;
    running.stop();
    running.kill();
    assert.deepEqual(await running.finished, { kind: "exit", exitCode: 3 });
  });

  it("runs many at once, each for itself", async () => {
    const module = await guest(`
      args_sizes_get(word, word + 4);
      const name = strings(load<u32>(word), load<u32>(word + 4), true)[1];
      print(name);
      proc_exit(<i32>parseInt(name));`);
    const all = await Promise.all([1, 2, 3, 4].map((n) => capture(module, { args: [`${n}`] })));
    all.forEach(({ result, stdout }, i) => {
      assert.deepEqual(result, { kind: "exit", exitCode: i + 1 });
      assert.equal(stdout, `${i + 1}`);
    });
  });

  it("refuses options that make no sense", async () => {
    const module = await endless();
    for (const [options, message] of [
      [{ graceMs: -1 }, /graceMs is -1/],
      [{ graceMs: Number.NaN }, /graceMs is NaN/],
      [{ args: ["a\0b"] }, /argument 1 contains a NUL/],
      [{ env: { "A=B": "" } }, /'A=B' is not a name/],
      [{ env: { A: "\0" } }, /variable A contains a NUL/],
      [{ backend: "kernle" }, /no backend 'kernle'; 'kernel'/],
    ] as [StartOptions, RegExp][]) {
      assert.throws(() => module.start({ policy: allowAll(), ...options }), {
        name: "UsageError",
        code: "USAGE",
        message,
      });
    }
  });

  it("says in one sentence when a backend cannot be loaded", async () => {
    const { finished } = (await endless()).start({
      policy: allowAll(),
      backend: "file:///nowhere/backend.js",
    });
    const result = await finished;
    assert(result.kind === "failed");
    assert.match(
      result.error.message,
      /^backend 'file:\/\/\/nowhere\/backend.js' cannot be loaded: /,
    );
  });
});

kernelSuite("Running, on the kernel", () => {
  const SOURCE = `
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
    SEC("tp/sched/sched_process_exec") int p(void *ctx) { return 0; }
    char LICENSE[] SEC("license") = "GPL";`;
  const POLL = `
    const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
    if (object_load(object) < 0 || program_attach(named(object, "p", true)) < 0) { print(lastError()); proc_exit(1); }
    const buffer = buffer_open(named(object, "rb"));
    const space = heap.alloc(1024);
    print("ready");
    let result = buffer_poll(buffer, (space + 7) & ~7, 512, -1);
    print(result.toString());
    result = buffer_poll(buffer, (space + 7) & ~7, 512, -1);
    proc_exit(result == -125 ? 5 : 6);`;

  const started = async (source: string) => {
    const module = await guest(source, compileSource(SOURCE, "stop"));
    let stdout = "";
    let ready: () => void = () => {};
    const whenReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const running = module.start({
      policy: allowAll(),
      stdout: (bytes) => {
        stdout += Buffer.from(bytes).toString();
        ready();
      },
    });
    await Promise.race([whenReady, running.finished]);
    // Long enough to be asleep in the poll.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { running, output: () => stdout };
  };

  it("stops a blocking poll within 100 ms, and every later one", async () => {
    const { running, output } = await started(POLL);
    const start = process.hrtime.bigint();
    running.stop();
    assert.deepEqual(await running.finished, { kind: "exit", exitCode: 5 }, output());
    assert(milliseconds(start) < 100, `${milliseconds(start)} ms`);
    assert.equal(output(), "ready-125");
  });

  it("kills a module that sleeps in a poll", async () => {
    const { running } = await started(POLL);
    const start = process.hrtime.bigint();
    running.kill();
    const result = await running.finished;
    assert(result.kind === "killed" || (result.kind === "exit" && result.exitCode === 5));
    assert(milliseconds(start) < 500, `${milliseconds(start)} ms`);
  });

  it("writes the verifier's whole log before what the module says of it, when it is asked to", async () => {
    const object = compileSource(
      `#include <linux/bpf.h>
       #include <bpf/bpf_helpers.h>
       SEC("raw_tp/sched_switch") int bad(void *ctx) { return *(volatile int *)0; }
       char LICENSE[] SEC("license") = "GPL";`,
      "refused_by_verifier",
    );
    const module = await guest(
      `const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
       const result = object_load(object);
       print("guest: " + lastError(), 2);
       proc_exit(result < 0 ? 1 : 0);`,
      object,
    );
    const quiet = await capture(module);
    assert.deepEqual(quiet.result, { kind: "exit", exitCode: 1 });
    assert.match(quiet.stderr, /^guest: .*bad/);
    const loud = await capture(module, { verbose: true });
    assert.match(loud.stderr, /processed \d+ insns[\s\S]*guest: /);
    assert(loud.stderr.length > quiet.stderr.length);
  });
});
