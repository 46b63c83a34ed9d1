import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** Every way in which a reference can wait for a call: operands, reassigned parameters and variables, globals, fields, handlers, recursion. */
const PROGRAM = `
class Box { constructor(public text: string, public next: Box | null = null) {} }
let shared: Box = new Box("shared");
const fixed: Box = new Box("fixed");
function noise(n: i32): string { let s = ""; for (let i = 0; i < n; i++) s += String.fromCharCode(97 + i % 26); return s; }
function both(a: Box, b: Box): string { const t = noise(9); return a.text + t + b.text; }
function three(a: string, b: string, c: string): string { return noise(3) + a + noise(5) + b + c; }
function reassigned(a: Box, b: Box): string { const old = a; a = new Box(b.text + noise(4)); b = new Box(a.text + old.text); return both(a, b) + old.text; }
function replaceShared(): Box { shared = new Box(noise(7)); return shared; }
function hazard(b: Box): string { return both(b, b = new Box(noise(6))) + both(shared, replaceShared()) + b.text; }
function leaf(a: Box): i32 { let at: Box | null = a; let n = 0; while (at !== null) { n += at.text.length; at = at.next; } return n; }
function chain(n: i32): Box { let head = new Box("end"); for (let i = 0; i < n; i++) head = new Box(noise(i), head); return head; }
function recurse(n: i32, kept: string): string { if (n == 0) return kept; const mine = noise(n); return recurse(n - 1, kept + mine) + mine; }
function handled(handler: (a: Box, b: string) => string): string { return handler(new Box(noise(8)), noise(2)) + handler(fixed, noise(1)); }
abstract class Shape { abstract name(box: Box): string; describe(box: Box): string { return this.name(box) + noise(3) + this.name(new Box(noise(2))); } }
class Round extends Shape { constructor(public label: string) { super(); } name(box: Box): string { return this.label + box.text; } }
class Flat extends Shape { name(box: Box): string { return noise(2) + box.text; } }
export function run(): i32 {
  let out = "";
  const list: string[] = [];
  for (let i = 0; i < 6; i++) {
    let each = new Box(noise(i));
    list.push(both(each, new Box("x")));
    const shape: Shape = i % 2 ? new Round(noise(i)) : new Flat();
    out += shape.describe(each) + \`\${list.length}:\${each.text}|\`;
  }
  const table = new Map<string, Box>();
  for (let i = 0; i < 5; i++) table.set(noise(i), new Box(noise(i + 1)));
  out += list.join(",") + hazard(new Box("h")) + reassigned(new Box("p"), fixed) + three(noise(1), noise(2), noise(3));
  out += recurse(5, "k") + handled((a, b) => b + a.text + noise(3)) + leaf(chain(6)).toString() + both(fixed, shared);
  out += table.get("abc").text + list.map<string>((s) => s.toUpperCase()).join("-");
  let hash: u32 = 2166136261;
  for (let i = 0; i < out.length; i++) hash = (hash ^ out.charCodeAt(i)) * 16777619;
  return hash;
}
`;

/**
 * Compiles and runs the program outside this process, as asc's loader does not suit tests. "stressed" collects at every allocation and overwrites what is
 * freed; "trimmed" trims frames; "bare" drops every frame, which has to go wrong under stress.
 */
const SCRIPT = `
const [root, mode, level, program] = process.argv.slice(1);
const asc = (await import(root + "/node_modules/assemblyscript/dist/asc.js")).default;
const { trimFrames } = await import(root + "/codegen/dist/build/frames.js");
class Change {
  afterCompile(m) {
    const b = this.binaryen;
    const prepend = (name, make) => {
      const ref = m.getFunction(name), info = b.getFunctionInfo(ref);
      b.Function.setBody(ref, m.block(null, [make(), info.body], info.results));
    };
    if (mode.includes("stressed")) {
      prepend("~lib/rt/itcms/__new", () => m.call("~lib/rt/itcms/__collect", [], b.none));
      prepend("~lib/rt/itcms/free", () => m.if(
        m.i32.ge_u(m.local.get(0, b.i32), m.global.get("~lib/memory/__heap_base", b.i32)),
        m.memory.fill(m.i32.add(m.local.get(0, b.i32), m.i32.const(20)), m.i32.const(0xdd), m.i32.load(16, 4, m.local.get(0, b.i32)))));
    }
    if (mode.includes("bare")) prepend("~lib/rt/itcms/visitStack", () => m.return());
    if (mode.includes("trimmed")) trimFrames(b, m);
  }
}
let wasm;
const stderr = asc.createMemoryStream();
const { error } = await asc.main(["m.ts", "--runtime", "incremental", "--exportRuntime", "--outFile", "m.wasm", "--optimizeLevel", level, "--shrinkLevel", level === "0" ? "0" : "2"],
  { readFile: (name) => (name === "m.ts" ? program : null), writeFile: (_, data) => { wasm = data; }, listFiles: () => [], stderr, transforms: [Change] });
if (error) throw new Error(stderr.toString());
let result;
try {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { abort() { throw new Error("abort"); } } });
  result = [exports.run(), exports.run()].join();
} catch (error) { result = "trap"; }
console.log(JSON.stringify({ result, size: wasm.length }));
`;

function run(mode: string, level: string): { result: string; size: number } {
  const output = execFileSync(
    process.execPath,
    ["--input-type=module", "-e", SCRIPT, REPOSITORY.replace(/\/$/, ""), mode, level, PROGRAM],
    { encoding: "utf8" },
  );
  return JSON.parse(output) as { result: string; size: number };
}

for (const level of ["0", "3"]) {
  describe(`trimFrames, before optimisation level ${level}`, function () {
    this.timeout(120_000);
    let plain: { result: string; size: number };
    before(() => {
      plain = run("plain", level);
    });

    it("keeps every object that is still used, with a collection at each allocation", () => {
      assert.notEqual(plain.result, "trap");
      assert.equal(run("stressed", level).result, plain.result);
      assert.equal(run("stressed trimmed", level).result, plain.result);
    });

    it("is tested by a program that fails without frames", () => {
      assert.notEqual(run("stressed bare", level).result, plain.result);
    });

    it("makes the module smaller", () => {
      assert.ok(run("trimmed", level).size < plain.size);
    });
  });
}
