import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

const HEAD = `
import { args, BpfObject, console, every, fail, lastError, poll, RingBuffer, run, time } from "@wbpf/sdk/assembly";
import { readText } from "@wbpf/sdk/assembly/view/index";
@unmanaged class Event {
  get number(): u32 { return load<u32>(changetype<usize>(this)); }
  get text(): string { return readText(changetype<usize>(this) + 8, 16); }
}
function open(): RingBuffer<Event> { return new RingBuffer<Event>(new BpfObject("o", memory.data<u64>([1]), 8), "rb", 24); }
`;

/** What tools do, and what looks as if it kept something. */
const ACCEPTED = `${HEAD}
class Row { constructor(public name: string, public count: u64) {} show(): string { return \`\${this.name}=\${this.count}\`; } }
let seen: u64 = 0;
let longest: i32 = 0;
const totals = new StaticArray<u64>(8);
function bar(n: i32): string { return "*".repeat(n); }
function word(n: i32): string { const first = n.toString(); return \`\${first}\${n + 1}\${n + 2}\`; }
function handle(e: Event): void {
  seen++;
  totals[e.number % 8] += e.number;
  const name = e.text;
  if (name.length > longest) longest = name.length;
  const row = new Row(name.toUpperCase(), seen);
  const how = e.number % 2 == 0 ? \`even \${e.number}\` : e.number % 3 == 0 ? "three" : "";
  for (let i: u32 = 0; i < e.number % 4; i++) {
    const part = \`\${i}:\${name.substring(<i32>i)}\`;
    if (part.length == 3) continue;
    console.log(\`\${part} \${bar(<i32>i)} \${how}\`);
  }
  if (e.number % 1000 < 3) console.log(\`\${row.show()} \${how.padEnd(9)}|\${e.number.toString().padStart(5)}\`);
}
export function table(rows: i32): i32 {
  let printed = 0;
  let last = 0;
  for (let i = 0; i < rows; i++) {
    const label = \`row \${i}\`;
    const value = \`\${label}-\${bar(i % 5)}\`;
    last = value.length;
    if (i < 4 || i % 50000 == 0) console.log(\`\${value} \${last} \${seen}\`);
    printed++;
  }
  return printed + last;
}
export function main(): i32 {
  const rb = open();
  rb.onEvent(handle);
  every(1, () => { if (seen % 7 == 0) console.log(\`tick \${seen % 7}\`); });
  console.log(\`start \${args.string("name", "nobody")} \${word(4)}\`);
  const kept: string[] = ["a" + word(1), "b" + word(2)];
  const code = run(5);
  console.log(\`\${kept.join("+")} \${seen} \${longest} \${totals[0]} \${table(100000)} \${kept[1]}\`);
  return code;
}
`;

const REFUSED: readonly [what: string, source: string, why: RegExp][] = [
  [
    "a string that grows in a loop",
    `export function main(): i32 { let s = ""; for (let i = 0; i < args.i32("n", 3); i++) s += "x" + i.toString(); console.log(s); return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "a variable that the next round reads",
    `function name(i: i32): string { return "n" + i.toString(); } export function main(): i32 { let before: string | null = null; for (let i = 0; i < args.i32("n", 3); i++) { if (before !== null) console.log(before!); before = name(i); } return 0; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "an array that a handler fills",
    `const names: string[] = []; export function main(): i32 { open().onEvent((e: Event) => { names.push(e.text); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a global that a handler sets",
    `let last: string = ""; export function main(): i32 { open().onEvent((e: Event) => { last = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a field that a handler sets",
    `class State { name: string = ""; } const state = new State(); export function main(): i32 { open().onEvent((e: Event) => { state.name = e.text; }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "a map of numbers that grows in a handler",
    `const counts = new Map<u32, u32>(); export function main(): i32 { open().onEvent((e: Event) => { counts.set(e.number, 1); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "memory that a handler asks for",
    `let at: usize = 0; export function main(): i32 { open().onEvent((e: Event) => { at = heap.alloc(8); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "what a timer keeps",
    `const names: string[] = []; export function main(): i32 { every(5, () => { names.push("tick" + time.now().toString()); }); return run(); }`,
    /keeps what is made/,
  ],
  [
    "an exported function that keeps",
    `const names: string[] = []; export function add(n: i32): void { names.push(n.toString()); } export function main(): i32 { return 0; }`,
    /add is exported/,
  ],
  [
    "an exported function that returns an object",
    `export function name(n: i32): string { return "n" + n.toString(); } export function main(): i32 { return 0; }`,
    /name is exported/,
  ],
  [
    "a function that makes objects and calls itself",
    `function f(n: i32): i32 { return n == 0 ? 0 : f(n - 1) + f(n - 1) + n.toString().length; } export function main(): i32 { return f(args.i32("n", 3)); }`,
    /f of main\.ts makes objects and calls itself/,
  ],
  [
    "a condition that makes objects",
    `export function main(): i32 { let n = 0; while (n.toString() != args.string("until", "9")) n++; return n; }`,
    /main of main\.ts makes objects in a loop/,
  ],
  [
    "a loop that is left with an object",
    `function find(): string { for (let i = 0; i < args.i32("n", 3); i++) { const s = i.toString(); if (s == "2") return s; } return ""; } export function main(): i32 { console.log(find()); return 0; }`,
    /find of main\.ts makes objects in a loop/,
  ],
  [
    "a template whose array others see",
    `const words: StaticArray<string> = ["a", "b"]; export function main(): i32 { open().onEvent((e: Event) => { unchecked((words[0] = e.text)); }); return run(); }`,
    /keeps what is made/,
  ],
];

/**
 * Compiles outside this process, as asc's loader does not suit tests, and plays the host: eight batches of records. "regions" overwrites all that a region gives back; "collector" is
 * AssemblyScript's own.
 */
const SCRIPT = `
const [root, work] = process.argv.slice(1);
const { readFileSync } = await import("node:fs");
const { join } = await import("node:path");
const asc = (await import(root + "node_modules/assemblyscript/dist/asc.js")).default;
const compiler = await import(root + "node_modules/assemblyscript/dist/assemblyscript.js");
const { regionsTransform } = await import(root + "codegen/dist/build/regions/index.js");
class Poison {
  afterCompile(m) {
    const b = this.binaryen;
    for (const name of ["__region_leave", "__region_reset"]) {
      const ref = m.getFunction("~lib/@wbpf/sdk/assembly/abi/regions/" + name);
      if (ref === 0) continue;
      const { body, results } = b.getFunctionInfo(ref);
      const at = (global) => m.global.get("~lib/@wbpf/sdk/assembly/abi/regions/" + global, b.i32);
      b.Function.setBody(ref, m.block(null, [m.memory.fill(at("base"), m.i32.const(0xdd), m.i32.sub(at("top"), at("base"))), body], results));
    }
  }
}
async function compile(source, mode, level) {
  const files = {
    "main.ts": source,
    "runtime.ts": 'import "@wbpf/sdk/assembly/abi/regions";',
    "entry.ts": 'export * from "./main"; import { main } from "./main"; import { start } from "@wbpf/sdk/assembly/start"; start(main());',
  };
  class NoMain { afterCompile(m) { m.removeExport("main"); } }
  let wasm;
  const stderr = asc.createMemoryStream();
  const regions = mode === "regions";
  const { error } = await asc.main(["entry.ts", "--outFile", "out.wasm", "--exportStart", "_start", "--optimizeLevel", level, "--shrinkLevel", level === "0" ? "0" : "2", "--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort", "--runtime", regions ? "runtime" : "incremental"], {
    readFile: (name) => { if (files[name]) return files[name]; try { return readFileSync(join(root, name), "utf8"); } catch { return null; } },
    writeFile: (_, data) => { wasm = data; }, listFiles: () => [], stderr, transforms: regions ? [NoMain, regionsTransform(compiler), Poison] : [NoMain],
  });
  if (error) return { refused: error.constructor.name === "NeedsCollector" ? error.message : error.message + stderr.toString() };
  return { wasm };
}
function play(wasm) {
  const module = new WebAssembly.Module(wasm);
  let memory, batches = 0, out = "", now = 0n, pages = [];
  const view = () => new DataView(memory.buffer);
  const wbpf = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) if (from === "wbpf") wbpf[name] = () => 1;
  wbpf.buffer_wait = () => 0;
  wbpf.last_error = () => 0;
  wbpf.buffer_poll = (_buffer, buf, cap) => {
    pages.push(memory.buffer.byteLength >> 16);
    if (batches++ === 8) return -125;
    const size = 32, count = Math.floor(cap / size);
    for (let i = 0; i < count; i++) {
      const at = buf + i * size, number = (batches * 7919 + i) >>> 0;
      view().setUint32(at, 24, true); view().setUint32(at + 4, 0, true); view().setUint32(at + 8, number, true);
      new Uint8Array(memory.buffer, at + 16, 16).fill(0).set(new TextEncoder().encode("näme" + number % 977));
    }
    return count * size;
  };
  const wasi = {
    fd_write: (_fd, iov, _n, written) => { const length = view().getUint32(iov + 4, true); out += new TextDecoder().decode(new Uint8Array(memory.buffer, view().getUint32(iov, true), length)); view().setUint32(written, length, true); return 0; },
    clock_time_get: (_id, _p, at) => { now += 400000n; view().setBigUint64(at, now, true); return 0; },
    args_sizes_get: (count, size) => { view().setUint32(count, 3, true); view().setUint32(size, 16, true); return 0; },
    args_get: (argv, buf) => { [["t", 0], ["--name", 2], ["Zoë", 9]].forEach(([text, at], i) => { view().setUint32(argv + 4 * i, buf + at, true); new Uint8Array(memory.buffer, buf + at).set(new TextEncoder().encode(text + "\\0")); }); return 0; },
    proc_exit: (code) => { throw new Error("exit " + code); }, random_get: () => 0,
  };
  const instance = new WebAssembly.Instance(module, { wbpf, wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory;
  instance.exports._start();
  const rows = instance.exports.table(300000);
  return { out, rows, pages, end: memory.buffer.byteLength >> 16 };
}
const result = [];
for (const { source, mode, level } of JSON.parse(work)) {
  const { refused, wasm } = await compile(source, mode, level);
  result.push(refused === undefined && source.includes("function table") ? play(wasm) : { refused });
}
console.log(JSON.stringify(result));
`;

interface Played {
  readonly refused?: string;
  readonly out?: string;
  readonly rows?: number;
  readonly pages?: number[];
  readonly end?: number;
}

function compile(work: readonly { source: string; mode: string; level: string }[]): Played[] {
  const output = execFileSync(
    process.execPath,
    ["--input-type=module", "-e", SCRIPT, REPOSITORY, JSON.stringify(work)],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  return JSON.parse(output) as Played[];
}

describe("a module without a collector", function () {
  this.timeout(300_000);

  for (const level of ["0", "3"]) {
    it(`says the same as one with it, and its memory does not grow, at optimisation level ${level}`, () => {
      const [regions, collector] = compile([
        { source: ACCEPTED, mode: "regions", level },
        { source: ACCEPTED, mode: "collector", level },
      ]) as [Played, Played];
      assert.equal(regions.refused, undefined);
      assert.equal(collector.refused, undefined);
      assert.match(regions.out ?? "", /^start Zoë 456\n/);
      assert.match(regions.out ?? "", / 16384 7 /);
      const [ours, expected] = [regions.out, collector.out].map((out) => (out ?? "").split("\n"));
      const differs = expected?.findIndex((line, i) => line !== ours?.[i]) ?? 0;
      assert.equal(ours?.[differs], expected?.[differs], `line ${differs}`);
      assert.equal(ours?.length, expected?.length);
      assert.equal(regions.rows, collector.rows);
      // The first batch makes room for itself; then 16,384 records and 400,000 lines need nothing more.
      assert.equal(regions.pages?.at(1), regions.end);
      assert.ok((regions.end ?? 99) <= 3, `${regions.end} pages`);
    });
  }

  it("is refused where something may be kept, or be made without end", () => {
    const results = compile(
      REFUSED.map(([, source]) => ({ source: HEAD + source, mode: "regions", level: "0" })),
    );
    const told = REFUSED.map(([what, , why], i) => {
      const { refused } = results[i] as Played;
      return why.test(refused ?? "") ? `${what}: ok` : `${what}: ${refused}`;
    });
    assert.deepEqual(
      told,
      REFUSED.map(([what]) => `${what}: ok`),
    );
  });
});
