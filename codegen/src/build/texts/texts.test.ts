import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

/** Template literals with parts of every kind, in every place, and strings of every kind. */
const PROGRAM = `
import { console, time } from "@wbpf/sdk/assembly";
import { readText } from "@wbpf/sdk/assembly/view/index";
enum Colour { RED = 3, GREEN = -7 }
class Named { constructor(public name: string) {} toString(): string { order += "n"; return \`<\${this.name}>\`; } }
class Heir extends Named { toString(): string { return \`heir of \${super.toString()}\`; } }
@unmanaged class Event { get comm(): string { return readText(changetype<usize>(this), 8); } get count(): u16 { return load<u16>(changetype<usize>(this), 8); } }
const event = changetype<Event>(memory.data<u8>([0x6e, 0xc3, 0xa4, 0x6d, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xfe]));
let order = "";
let level = 0;
function step(what: string): string { order += what; return what; }
function nothing(yes: bool): string | null { return yes ? null : "some"; }
function nobody(yes: bool): Named | null { return yes ? null : new Named("x"); }
function printing(n: i32): i32 { console.write(\`(\${n})\`); return n + 1; }
function deep(n: i32): string { return n == 0 ? "." : \`\${n}[\${deep(n - 1)}|\${deep(n - 1).padStart(n * 2, "-")}]\`; }
const LONG = "${"0123456789abcdef".repeat(20)}";
const GREETING = \`const \${LONG.length}\`;
function some<T>(value: T): string { return \`{\${value}}\`; }
let byte: u8 = 250;
let small: i8 = 120;
function length(): i32 { order += "l"; return 9; }
export function main(): i32 {
  console.log(\`\${<i8>-128} \${<i16>-32768} \${i32.MIN_VALUE} \${i64.MIN_VALUE} \${<isize>-5}\`);
  console.log(\`\${<u8>255} \${<u16>65535} \${u32.MAX_VALUE} \${u64.MAX_VALUE} \${<usize>7} \${0} \${-0}\`);
  byte += 10; small += 10;
  console.log(\`\${byte} \${byte + 250} \${small} \${small * 3} \${(byte + 252).toString()} \${<u8>(byte << 7)}\`);
  console.log(\`\${<f32>1.5} \${0.1} \${-1e300} \${NaN} \${Infinity} \${f64.MAX_VALUE} \${1.0}\`);
  console.log(\`\${true} \${level == 1} \${!level}\`);
  console.log(\`\${Colour.RED} \${Colour.GREEN} \${Colour.RED + 1}\`);
  console.log(\`\${new Named("a")} \${new Heir("b")} \${<Named>new Heir("c")}\`);
  console.log(\`\${nothing(true)} \${nothing(false)} \${nobody(true)} \${nobody(false)}\`);
  console.log(\`\${[1, 2, 3]} \${["a", "b"]} \${event.comm} \${event.count} \${event.comm.padEnd(9, "äö")}|\`);
  console.log(\`\${step("1")}\${step("2").padEnd(length(), step("3"))}\${step("4")}\${new Named(step("5"))}\`);
  console.log(order);
  console.log(\`a\${printing(1)}b\${printing(2)}c\`);
  console.warn(\`warned \${level}\`); console.error(\`\${level}\`); console.info(\`\${"only"}\`);
  console.log(\`\${"😀".padStart(5, "ab")}|\${"\\uD83D"}\${"\\uDE00"}|\${"x".padEnd(0)}|\${"xyz".padStart(2)}|\${"y".padStart(4, "")}|\${"".padEnd(3)}|\`);
  console.log(\`\${(255).toString().padStart(5)} \${(255).toString(16).padEnd(4)}| \${(-3).toString().padStart(4, "0")} \${i64.MIN_VALUE.toString().padStart(22, "*")}\`);
  console.log(\`\${\`inner \${\`\${level + 1}\${"deepest"}\`}\`.padStart(20, ".")} \${(\`\${level}\`)}\`);
  console.log(deep(4));
  console.log(some<i32>(-4) + some<u64>(4) + some<string>("s") + some<f32>(2) + some<bool>(false) + GREETING);
  console.log(\`\${level == 0 ? "zero" : \`many \${level}\`}\${level ? 1 : 2}\`);
  console.log(\`\${LONG}\${LONG}\${LONG}\${LONG}\${LONG}\${LONG}\${LONG}\${LONG}\${deep(7).length}\`);
  console.log(\`\${["a", "bc", LONG].map<i32>((s) => s.length).join("/")} \${"häß\\u0000ÿ".length} \${"häß\\u0000ÿ".charCodeAt(4)} \${"ĀЖ".charCodeAt(1)}\`);
  console.log(\`\${"häß" == "hä" + "ß"} \${"".length} \${"ÿ"}\${"Ж"} \${time.clock(3_723_000_000_000)} \${time.clock(86_399_999_999_999)}\`);
  let all = "";
  for (let i = 0; i < 300; i++) all += \`\${i},\`;
  console.log(\`\${all.length} \${all.substring(all.length - 8)}\`);
  return 0;
}
`;

/** Compiles outside this process, as asc's loader does not suit tests, and prints what the module printed. */
const SCRIPT = `
const [root] = process.argv.slice(1);
const { readFileSync } = await import("node:fs");
const { join } = await import("node:path");
const asc = (await import(root + "node_modules/assemblyscript/dist/asc.js")).default;
const compiler = await import(root + "node_modules/assemblyscript/dist/assemblyscript.js");
const { templatesTransform } = await import(root + "codegen/dist/build/templates/index.js");
const { packTexts } = await import(root + "codegen/dist/build/texts/index.js");
async function compile(source, { templates, texts, level }) {
  const files = {
    "main.ts": source,
    "entry.ts": 'export * from "./main"; import { main } from "./main"; import { start } from "@wbpf/sdk/assembly/start"; start(main());',
  };
  const packing = texts ? packTexts(compiler) : undefined;
  let wasm;
  const stderr = asc.createMemoryStream();
  const { error } = await asc.main(["entry.ts", "--outFile", "out.wasm", "--exportStart", "_start", "--optimizeLevel", level, "--shrinkLevel", level === "0" ? "0" : "2", "--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort", "--runtime", "incremental"], {
    readFile: (name) => { if (files[name]) return files[name]; try { return readFileSync(join(root, name), "utf8"); } catch { return null; } },
    writeFile: (_, data) => { wasm = data; }, listFiles: () => [], stderr, transforms: [...(templates ? [templatesTransform(compiler)] : []), ...(packing ? [packing.transform] : [])],
  });
  if (error) throw new Error(stderr.toString());
  return packing ? packing.finish(wasm) : wasm;
}
function play(wasm) {
  let out = "", memory;
  const view = () => new DataView(memory.buffer);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { wasi_snapshot_preview1: {
    fd_write: (fd, iov, _n, written) => { const length = view().getUint32(iov + 4, true); out += fd + new TextDecoder().decode(new Uint8Array(memory.buffer, view().getUint32(iov, true), length)); view().setUint32(written, length, true); return 0; },
    clock_time_get: () => 0, args_sizes_get: () => 1, args_get: () => 1, proc_exit: (code) => { throw new Error("exit " + code); }, random_get: () => 0,
  }, wbpf: new Proxy({}, { get: () => () => 0 }) });
  memory = instance.exports.memory;
  const before = Buffer.from(memory.buffer).toString("latin1");
  let failed = "";
  try { instance.exports._start(); } catch (error) { failed = error.message; }
  return { out, failed, size: wasm.length, tail: Buffer.from(before, "latin1").subarray(-64).every((byte) => byte === 0) };
}
const result = [];
for (const { source, ...how } of JSON.parse(readFileSync(0, "utf8"))) result.push(play(await compile(source, how)));
console.log(JSON.stringify(result));
`;

interface Work {
  readonly source: string;
  readonly templates: boolean;
  readonly texts: boolean;
  readonly level: string;
}
interface Played {
  readonly out: string;
  readonly failed: string;
  readonly size: number;
  readonly tail: boolean;
}

function play(work: readonly Work[]): Played[] {
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", SCRIPT, REPOSITORY], {
    input: JSON.stringify(work),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output) as Played[];
}

const lines = (out: string): string[] => out.split("\n");

describe("texts of a module", function () {
  this.timeout(300_000);

  for (const level of ["0", "3"]) {
    it(`say the same when template literals are put together by parts and strings are packed, at optimisation level ${level}`, () => {
      const how = { source: PROGRAM, level };
      const [plain, templates, texts, both] = play([
        { ...how, templates: false, texts: false },
        { ...how, templates: true, texts: false },
        { ...how, templates: false, texts: true },
        { ...how, templates: true, texts: true },
      ]) as [Played, Played, Played, Played];
      assert.equal(plain.failed, "", plain.out);
      assert.match(plain.out, /1-128 -32768 -2147483648 -9223372036854775808 -5\n/);
      assert.ok(lines(plain.out).length > 20);
      for (const one of [templates, texts, both]) {
        assert.equal(one.failed, "", one.out);
        assert.deepEqual(lines(one.out), lines(plain.out));
        // What was unpacked leaves nothing behind.
        assert.ok(one.tail);
      }
      assert.ok(texts.size < plain.size - 1500, `${texts.size} of ${plain.size} bytes`);
    });
  }

  it("keep the message and the place of a failed assertion, and drop those of one that cannot fail", () => {
    const source = `
import { console } from "@wbpf/sdk/assembly";
function half(n: i32): i32 { assert(n % 2 == 0, "odd: häß"); return n / 2; }
export function main(): i32 {
  assert(half(4) == 2, "this holds");
  console.log(\`\${half(8)}\`);
  return half(memory.size() + half(6) * 2 - 5 + memory.size());
}`;
    const how = { source, templates: true, level: "3" };
    const [plain, packed] = play([
      { ...how, texts: false },
      { ...how, texts: true },
    ]) as [Played, Played];
    assert.match(plain.out, /^14\n2abort: odd: häß \(main\.ts:3:\d+\)\n$/);
    assert.equal(packed.out, plain.out);
    assert.equal(packed.failed, plain.failed);
  });

  it("are unpacked where they fill more than the pages that the module had", () => {
    const many = Array.from(
      { length: 1500 },
      (_, i) => `  if (n == ${i}) return "text number ${i} of many";`,
    );
    const source = `
import { args, console } from "@wbpf/sdk/assembly";
function text(n: i32): string {
${many.join("\n")}
  return "none";
}
export function main(): i32 { for (let i = 0; i <= 1500; i += 250) console.log(text(i)); return 0; }`;
    const how = { source, templates: true, level: "0" };
    const [plain, packed] = play([
      { ...how, texts: false },
      { ...how, texts: true },
    ]) as [Played, Played];
    assert.match(plain.out, /text number 1250 of many\n1none\n$/);
    assert.equal(packed.out, plain.out);
  });
});
