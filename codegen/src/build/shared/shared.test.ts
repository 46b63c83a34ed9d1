import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Driven } from "./testing/driven.js";
import { ANSWERS, COLLECTED, IMPORTS, output, REGIONS } from "./testing/program.js";

/** `-ECANCELED`: the module is to stop. */
const CANCELED = -125;
const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

/** Builds one after the other in one process, outside this one, as asc's loader does not suit tests. */
const SCRIPT = `
const { build, CodegenError } = await import(process.argv[1]);
const results = [];
for (const options of JSON.parse(process.argv[3])) {
  let shown = "";
  try {
    const { collector } = await build(process.argv[2], { ...options, onDiagnostics: (text) => { shown += text; } });
    results.push({ collector, shown });
  } catch (error) {
    if (!(error instanceof CodegenError)) throw error;
    results.push({ code: error.code, message: error.message, shown });
  }
}
console.log(JSON.stringify(results));
`;

interface Built {
  readonly collector?: string;
  readonly code?: string;
  readonly message?: string;
  readonly shown: string;
}

const BPF = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct event { int pid; char comm[12]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
const struct event *rb_event __attribute__((unused));
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } other SEC(".maps");
const struct event *other_event __attribute__((unused));
SEC("tp/sched/sched_process_exec") int handle(void *ctx) { return 0; }
char LICENSE[] SEC("license") = "GPL";
`;

describe("a shared module", function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), "wbpf-shared-")), "mine");
    mkdirSync(path.join(folder, "node_modules", "@wbpf"), { recursive: true });
    symlinkSync(path.join(REPOSITORY, "sdk"), path.join(folder, "node_modules", "@wbpf", "sdk"));
    writeFileSync(path.join(folder, "tool.bpf.c"), BPF);
  });
  afterEach(() => {
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  function build(main: string, ...options: object[]): Built[] {
    writeFileSync(path.join(folder, "main.ts"), main);
    const entry = path.join(REPOSITORY, "codegen/dist/index.js");
    const args = ["--input-type=module", "-e", SCRIPT, entry, folder, JSON.stringify(options)];
    const cwd = path.dirname(folder);
    return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" })) as Built[];
  }

  /** The module of the only build. */
  function built(main: string, options: object): { built: Built; wasm: Buffer } {
    const [built] = build(main, { shared: true, ...options });
    assert.ok(built !== undefined && built.code === undefined, built?.message);
    assert.equal(built.shown, "");
    return { built, wasm: readFileSync(path.join(folder, "build", "tool.wasm")) };
  }

  /** Runs the program, and calls another function of the module whenever it is suspended. */
  function drive(wasm: Buffer, deep: string): Driven {
    const driven = new Driven(wasm, [...ANSWERS, { value: 0 }, { value: CANCELED }]);
    driven.whileSuspended = () => (driven.exports.plug as (n: number) => number)(3000);
    driven.run();
    assert.equal(driven.output, output(deep));
    assert.deepEqual([...new Set(driven.waits)].sort(), [
      "buffer_poll",
      "buffer_wait",
      "poll_oneoff",
    ]);
    const answered = ANSWERS.filter(({ atOnce }) => !atOnce);
    assert.equal(driven.waits.length, answered.length + 2);
    return driven;
  }

  it("goes on behind each wait with what its variables held, without a collector", () => {
    const { built: result, wasm } = built(REGIONS, {});
    assert.equal(result.collector, undefined);
    const { exports } = drive(wasm, "1234");
    assert.deepEqual(Object.keys(exports).sort(), [
      "_start",
      "asyncify_get_state",
      "asyncify_start_rewind",
      "asyncify_start_unwind",
      "asyncify_stop_rewind",
      "asyncify_stop_unwind",
      "memory",
      "plug",
      "wbpf_park",
    ]);
    const park = exports.wbpf_park.value;
    assert.equal(park % 8, 0);
    assert.throws(() => {
      exports.wbpf_park.value = 0;
    }, TypeError);
  });

  it("does so with a collector", () => {
    const { built: result, wasm } = built(COLLECTED, {});
    assert.match(result.collector ?? "", /keeps what is made while a record is handled/);
    drive(wasm, "a4/2/a43/3/a432/4/a4321/5/0");
  });

  it("does so in a debug build, with room to spare", () => {
    const { wasm } = built(COLLECTED, { debug: true });
    const { parked } = drive(wasm, "a4/2/a43/3/a432/4/a4321/5/0");
    assert.ok(parked > 0 && parked < 1024, `${parked} bytes are parked`);
  });

  it("traps if it waits deeper in calls than its park holds", () => {
    const { wasm } = built(
      `${IMPORTS}
function deep(left: i32): i32 { return left == 0 ? poll(-1) : deep(left - 1) * 3 + left; }
export function main(): i32 { Tool.open(); return deep(2000); }`,
      {},
    );
    const driven = new Driven(wasm, [{ value: 0 }]);
    assert.throws(() => driven.run(), WebAssembly.RuntimeError);
  });

  it("tells file and line of a trap behind a wait, in a debug build", () => {
    const { wasm } = built(
      `${IMPORTS}
function check(n: i32): i32 {
  const left = n - 3;
  return 100 / left;
}
export function main(): i32 {
  let sum = 1;
  sum += poll(-1);
  sum +=
    check(sum);
  return run() + sum;
}`,
      { debug: true },
    );
    const driven = new Driven(wasm, [{ value: 2 }]);
    const trap = trapOf(() => driven.run());
    const map = new SourceMap(
      JSON.parse(
        readFileSync(path.join(folder, "build", "tool.wasm.map"), "utf8"),
      ) as SourceMapPayload,
    );
    const places = [...(trap.stack ?? "").matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(
      ([, offset = ""]) => {
        const entry = map.findEntry(0, Number.parseInt(offset, 16));
        return "originalSource" in entry
          ? `${entry.originalSource}:${entry.originalLine + 1}`
          : "nowhere";
      },
    );
    assert.deepEqual(places.slice(0, 2), ["../main.ts:4", "../main.ts:10"], trap.stack);
  });

  it("leaves a plain build as it is, also beside a shared one", () => {
    const output = (name: string) => path.join(folder, "build", `${name}.wasm`);
    const options = [
      { output: output("before") },
      { output: output("shared"), shared: true },
      { output: output("after"), shared: false },
    ];
    for (const { message } of build(COLLECTED, ...options)) assert.equal(message, undefined);
    const [before, shared, after] = ["before", "shared", "after"].map((name) =>
      readFileSync(output(name)),
    ) as [Buffer, Buffer, Buffer];
    assert.ok(after.equals(before), "the plain modules differ");
    assert.ok(!WebAssembly.Module.exports(new WebAssembly.Module(before)).some(isForHosts));
    assert.ok(shared.length > before.length && shared.length < before.length + 4096);
  });

  it("is built anew when the option changes", () => {
    const results = build(REGIONS, {}, { shared: true });
    assert.equal(results[1]?.message, undefined);
    const module = new WebAssembly.Module(readFileSync(path.join(folder, "build", "tool.wasm")));
    assert.equal(WebAssembly.Module.exports(module).filter(isForHosts).length, 6);
  });

  it("has the exports also if it never waits", () => {
    const { wasm } = built(
      `${IMPORTS}
export function main(): i32 { console.log("no wait"); return 0; }`,
      {},
    );
    const module = new WebAssembly.Module(wasm);
    assert.equal(WebAssembly.Module.exports(module).filter(isForHosts).length, 6);
    const driven = new Driven(wasm, []);
    driven.run();
    assert.equal(driven.output, "no wait\n");
  });

  it("cannot be portable", () => {
    const [built] = build(REGIONS, { shared: true, portable: true });
    assert.equal(built?.code, "CONFLICTING_OPTIONS");
    assert.match(built?.message ?? "", /^a module is either shared or portable: [^\n]*$/);
  });

  for (const [what, main, name] of [
    [
      "a timer",
      "export function main(): i32 {\n  every(9, () => { poll(0); });\n  return run();\n}",
      "a function without a name",
    ],
    [
      "a handler",
      "function print(e: Event): void { poll(0); }\nexport function main(): i32 { Tool.open().maps.rb.onEvent(print); return run(); }",
      "print",
    ],
    [
      "a function value",
      "function again(f: () => i32): i32 { return f() + f(); }\nfunction once(): i32 { return poll(9); }\nexport function main(): i32 { return again(once) + run(); }",
      "once",
    ],
  ] as const) {
    it(`cannot wait in ${what}, and says where`, () => {
      const source = `${IMPORTS}\n${main}`;
      const line = 1 + source.split("\n").findIndex((each) => each.includes("poll("));
      for (const built of build(source, { shared: true }, { shared: true, debug: true })) {
        assert.equal(built.code, "WAITS_INDIRECTLY");
        const sentence = `${name} of main\\.ts calls poll, which may wait, but `;
        assert.match(
          built.message ?? "",
          new RegExp(`^mine/main\\.ts:${line}: ${sentence}[^\\n]*$`),
        );
        assert.match(built.shown, new RegExp(`^mine/main\\.ts:${line}:\\d+: error: ${sentence}`));
      }
      assert.equal(build(source, {})[0]?.message, undefined);
    });
  }
});

const isForHosts = ({ name }: { name: string }): boolean =>
  name.startsWith("asyncify_") || name === "wbpf_park";

function trapOf(work: () => void): Error {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof WebAssembly.RuntimeError);
    return error;
  }
  assert.fail("it did not trap");
}
