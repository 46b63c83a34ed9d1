import assert from "node:assert/strict";
import { FakeBackend } from "../testing/fake-backend/backend.js";
import type { FakeObjectSpec } from "../testing/fake-backend/object.js";
import { UNGUARDED } from "../testing/guard.js";
import { compileGuest } from "../testing/guest.js";
import { ABI_1, buildWasm, call, DROP, i32, UNREACHABLE } from "../testing/wasm-builder.js";
import { runInstance } from "./instance.js";
import type { Outcome } from "./protocol.js";

function run(wasm: Uint8Array, backend = new FakeBackend()): Outcome {
  return runInstance({
    compiled: new WebAssembly.Module(wasm),
    widePointers: false,
    backend,
    guard: UNGUARDED,
    stopFd: -1,
    args: ["guest", "one", "--two=2"],
    env: { MODE: "fast" },
    onFailure: (sentence) => assert.fail(sentence),
    output: (session) => ({ write: (fd, pointer, length) => session.write(fd, pointer, length) }),
  });
}

async function runGuest(source: string, spec: FakeObjectSpec = {}) {
  const backend = new FakeBackend();
  const object = Buffer.from(JSON.stringify(spec));
  const { wasm } = await compileGuest(source, { object });
  const outcome = run(wasm, backend);
  return { outcome, backend, stdout: backend.written.map(({ text }) => text).join("") };
}

describe("runInstance", () => {
  it("runs a module to its end", async () => {
    const { outcome, stdout } = await runGuest(`
      args_sizes_get(word, word + 4);
      print(strings(load<u32>(word), load<u32>(word + 4), true).join("|") + "\\n");
      environ_sizes_get(word, word + 4);
      print(strings(load<u32>(word), load<u32>(word + 4), false).join("|") + "\\n");`);
    assert.deepEqual(outcome, { kind: "exit", code: 0 });
    assert.equal(stdout, "guest|one|--two=2\nMODE=fast\n");
  });

  it("passes the exit code, whatever stands below on the stack", async () => {
    const { outcome, stdout } = await runGuest(`
      function deep(n: i32): void { if (n == 0) proc_exit(42); else deep(n - 1); print("not here"); }
      deep(10);`);
    assert.deepEqual(outcome, { kind: "exit", code: 42 });
    assert.equal(stdout, "");
  });

  it("closes everything, also after a trap and an exit", async () => {
    const spec = { programs: { p: { section: "tp/a/b" } }, maps: { rb: { type: 27 } } };
    const opening = `
      const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
      if (object_load(object) != 0) unreachable();
      if (program_attach(named(object, "p", true)) < 0) unreachable();
      if (buffer_open(named(object, "rb")) < 0) unreachable();
      print("attached");`;
    for (const [ending, kind] of [
      ["", "exit"],
      ["proc_exit(1);", "exit"],
      ["unreachable();", "trap"],
    ]) {
      const { outcome, backend, stdout } = await runGuest(opening + ending, spec);
      assert.equal(stdout, "attached");
      assert.equal(outcome.kind, kind);
      assert.equal(
        backend.sessions + backend.openObjects + backend.openBuffers + backend.attached.size,
        0,
      );
    }
  });

  it("gives the module the text of a failure", async () => {
    const { stdout } = await runGuest(
      `const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
       print(object_load(object).toString() + " " + lastError());`,
      { refuse: { message: "program 'p' was refused: R1 is not a pointer", detail: "log" } },
    );
    assert.equal(stdout, "-22 program 'p' was refused: R1 is not a pointer");
  });

  it("works on memory that grows under it", async () => {
    const { stdout } = await runGuest(
      `const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
       object_load(object);
       memory.grow(16);
       const end = memory.size() * 65536;
       const buffer = buffer_open(named(object, "rb"));
       print(buffer_poll(buffer, end - 64, 64, 0).toString() + " ");
       print(load<u32>(end - 64).toString() + " ");
       print(buffer_poll(buffer, end - 56, 64, 0).toString());`,
      { maps: { rb: { type: 27, records: ["abc"] } } },
    );
    assert.equal(stdout, "16 3 -14");
  });

  it("tells a stack overflow from other traps, even inside an import", async () => {
    for (const body of ["f(n + 1) + n", "sched_yield() + f(n + 1) + n"]) {
      const { outcome } = await runGuest(`function f(n: i32): i32 { return ${body}; } f(0);`);
      assert.equal(outcome.kind, "trap");
      assert(outcome.kind === "trap" && outcome.message === "stack overflow");
    }
  });

  it("refuses calls from the start section, when the memory is not there yet", () => {
    const wasm = buildWasm({
      imports: [["wbpf", "last_error", "ii:i"]],
      custom: [ABI_1],
      startSection: true,
      start: [...i32(0), ...i32(8), ...call(0), DROP],
    });
    const outcome = run(wasm);
    assert.equal(outcome.kind, "failed");
    assert(outcome.kind === "failed");
    assert.match(outcome.message, /while it was being instantiated; only _start may do that/);
  });

  it("reports a data segment outside the memory as a trap", () => {
    const wasm = buildWasm({ data: [{ offset: 65_530, bytes: new Uint8Array(16) }] });
    assert.equal(run(wasm).kind, "trap");
  });

  it("reports a fault of the backend in one sentence", async () => {
    const { outcome, backend } = await runGuest(
      `const object = object_open(OBJECT, OBJECT_SIZE, 0, 0);
       program_attach(named(object, "p", true));
       print("still here");`,
      { programs: { p: { section: "x", attach: "crash" } } },
    );
    assert(outcome.kind === "failed");
    assert.equal(outcome.message, "program_attach failed in the host: undefined is not a function");
    assert.deepEqual(backend.written, []);
    assert.equal(backend.sessions, 0);
  });

  it("reports unreachable code", () => {
    const outcome = run(buildWasm({ start: [UNREACHABLE] }));
    assert(outcome.kind === "trap");
    assert.equal(outcome.message, "unreachable");
  });
});
