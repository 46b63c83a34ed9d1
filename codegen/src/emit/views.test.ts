import assert from "node:assert/strict";
import { BpfObjectFile } from "../object/index.js";
import { generateBindings } from "./index.js";
import { className } from "./names.js";
import { compileAssemblyScript, instantiate } from "./testing/assemblyscript.js";
import { compileC } from "./testing/clang.js";
import { type Leaf, randomSource, randomStructs } from "./testing/random-structs.js";

const STRUCTS = 60;

/** A value for a number, as C writes it, and as the module returns it: 64 bits, sign-extended. */
function sample(leaf: Leaf, random: (below: number) => number): { c: string; raw: bigint } {
  if (leaf.type === "bool") return { c: "1", raw: 1n };
  if (leaf.type === "f32" || leaf.type === "f64") {
    const value = (random(2000) + 1) / -8;
    const view = new DataView(new ArrayBuffer(8));
    if (leaf.type === "f32") view.setFloat32(0, value, true);
    else view.setFloat64(0, value, true);
    return { c: String(value), raw: view.getBigUint64(0, true) };
  }
  const word = (BigInt(random(0xffff_ffff)) << 32n) | BigInt(random(0xffff_ffff)) | 1n;
  const bits = word & ((1n << BigInt(leaf.bits)) - 1n);
  const value = leaf.type.startsWith("i") ? BigInt.asIntN(leaf.bits, bits) : bits;
  const literal = `${bits}ull`;
  return { c: literal, raw: BigInt.asUintN(64, value) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** C text for a struct with one number set. */
function initialiser(leaf: Leaf, c: string): string {
  return `{ ${leaf.designator} = ${leaf.cast}${c} }`;
}

function getter(leaf: Leaf, index: number): string {
  const view = `changetype<${className(leaf.struct)}>(address)${leaf.chain}`;
  const read = typeof leaf.last === "number" ? `${view}.at(${leaf.last})` : `${view}.${leaf.last}`;
  const raw =
    leaf.type === "f32"
      ? `<u64>reinterpret<u32>(${read})`
      : leaf.type === "f64"
        ? `reinterpret<u64>(${read})`
        : `<u64>(${read})`;
  return `export function get${index}(address: usize): u64 { return ${raw}; }`;
}

function setter(leaf: Leaf, index: number): string {
  const view = `changetype<${className(leaf.struct)}>(address)${leaf.chain}`;
  const value =
    { bool: "value != 0", f32: "reinterpret<f32>(<u32>value)", f64: "reinterpret<f64>(value)" }[
      leaf.type
    ] ?? `<${leaf.type}>value`;
  const write =
    typeof leaf.last === "number"
      ? `${view}.set(${leaf.last}, ${value})`
      : `${view}.${leaf.last} = ${value}`;
  return `export function set${index}(address: usize, value: u64): void { ${write}; }`;
}

for (const [seed, flags] of [
  [20260101, ["-O3", "--shrinkLevel", "2"]],
  [7, ["--debug"]],
] as const) {
  describe(`views of ${STRUCTS} random C structs, compiled with ${flags[0]}`, function () {
    this.timeout(120_000);
    const { source, names, leaves } = randomStructs(seed, STRUCTS);
    const random = randomSource(seed + 1);
    const values = leaves.map((leaf) => sample(leaf, random));
    let memory: Uint8Array;
    let exports: WebAssembly.Exports;
    /** What C wrote: for each number a struct with its value, one with all ones, and nothing else set. */
    const bytes = new Map<string, Uint8Array>();

    before(() => {
      const variables = leaves.flatMap((leaf, index) => {
        const type = `__typeof__(any_${leaf.struct})`;
        const ones = `${(1n << BigInt(leaf.bits)) - 1n}ull`;
        const full =
          leaf.type === "f32" || leaf.type === "f64"
            ? []
            : [`${type} ones_${index} = ${initialiser(leaf, ones)};`];
        return [
          `${type} value_${index} = ${initialiser(leaf, (values[index] as { c: string }).c)};`,
          ...full,
        ];
      });
      const object = compileC(`${source}${variables.join("\n")}\n`);
      for (const section of BpfObjectFile.parse(object).dataSections) {
        for (const { name, initial, size } of section.variables)
          bytes.set(name, initial.length === 0 ? new Uint8Array(size) : initial);
      }
      // Their bytes are in the object; the bindings need the types only.
      const { text } = generateBindings(compileC(source), {
        name: "random",
        object: "random.bpf.o",
      });
      const used = names.filter((name) => leaves.some(({ struct }) => struct === name));
      const main = [
        `import { ${used.map(className).join(", ")} } from "./types";`,
        ...leaves.flatMap((leaf, index) => [getter(leaf, index), setter(leaf, index)]),
      ];
      const { wasm, warnings } = compileAssemblyScript(
        { "types.ts": text, "main.ts": main.join("\n") },
        [...flags, "--initialMemory", "256"],
      );
      assert.equal(warnings, "");
      exports = instantiate(wasm);
      memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
    });

    const ADDRESS = 0x8003;
    const call = (name: string, ...args: (number | bigint)[]): bigint =>
      (exports[name] as (...args: (number | bigint)[]) => bigint)(...args);

    it(`reads each of ${leaves.length} numbers that C wrote`, () => {
      leaves.forEach((leaf, index) => {
        memory.set(bytes.get(`value_${index}`) as Uint8Array, ADDRESS);
        const read = BigInt.asUintN(64, call(`get${index}`, ADDRESS));
        assert.equal(
          read,
          (values[index] as { raw: bigint }).raw,
          `${leaf.struct}${leaf.designator} (${leaf.type}, ${leaf.bits} bits)`,
        );
      });
    });

    it("writes each as C does, and no bit besides", () => {
      leaves.forEach((leaf, index) => {
        const expected = bytes.get(`value_${index}`) as Uint8Array;
        const { raw } = values[index] as { raw: bigint };
        const written = (filler: number): string => {
          memory.fill(filler, ADDRESS - 16, ADDRESS + expected.length + 16);
          call(`set${index}`, ADDRESS, raw);
          return hex(memory.subarray(ADDRESS - 16, ADDRESS + expected.length + 16));
        };
        const around = (filler: number, inner: Uint8Array): string => {
          const frame = new Uint8Array(16).fill(filler);
          return hex(Buffer.concat([frame, inner, frame]));
        };
        const name = `${leaf.struct}${leaf.designator} (${leaf.type}, ${leaf.bits} bits)`;
        assert.equal(written(0), around(0, expected), `${name} on zeros`);
        const ones = bytes.get(`ones_${index}`);
        if (ones === undefined) return;
        // A bool that is no bitfield is a whole byte, of which C sets one bit.
        const whole = leaf.type === "bool" && leaf.byte;
        const dirty = expected.map(
          (byte, at) => byte | (0xff & ~(whole && ones[at] === 1 ? 0xff : (ones[at] as number))),
        );
        assert.equal(written(0xff), around(0xff, dirty), `${name} on ones`);
      });
    });
  });
}

describe("bitfields of 16-byte integers", function () {
  this.timeout(60_000);

  it("are one accessor up to 64 bits, and two above, and hold what C wrote", () => {
    const types =
      "struct wide { unsigned a : 5; __int128 narrow : 40; unsigned __int128 all : 100; __int128 cut : 70; int end; };";
    // Set by its bytes as well: a constant of 128 bits has no literal in C.
    const object = compileC(`${types}
struct wide w = { 3, -5, ((unsigned __int128)0xabcdefull << 64) | 0x123456789abcdef0ull, -2, 7 };`);
    const bytes = BpfObjectFile.parse(object).dataSections[0]?.variables[0]?.initial;
    assert.ok(bytes);
    const { text } = generateBindings(object, { name: "wide_tool", object: "wide_tool.bpf.o" });
    const fields = ["a", "narrow", "all_lo", "all_hi", "cut_lo", "cut_hi", "end"];
    const main = [
      'import { Wide } from "./types";',
      ...fields.flatMap((name) => [
        `export function get_${name}(at: usize): i64 { return <i64>changetype<Wide>(at).${name}; }`,
        `export function set_${name}(at: usize, value: i64): void { changetype<Wide>(at).${name} = <${
          { a: "u32", end: "i32" }[name] ??
          (name.startsWith("all") || name === "cut_lo" ? "u64" : "i64")
        }>value; }`,
      ]),
    ].join("\n");
    const { wasm, warnings } = compileAssemblyScript({ "types.ts": text, "main.ts": main });
    assert.equal(warnings, "");
    const exports = instantiate(wasm);
    const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
    const call = (name: string, ...args: (number | bigint)[]): bigint =>
      (exports[name] as (...args: (number | bigint)[]) => bigint)(...args);
    const values = [3n, -5n, 0x123456789abcdef0n, 0xabcdefn, -2n, -1n, 7n];
    memory.set(bytes, 0x8000);
    assert.deepEqual(
      fields.map((name) => call(`get_${name}`, 0x8000)),
      values,
    );
    memory.fill(0, 0x8000, 0x8000 + bytes.length);
    fields.forEach((name, index) => void call(`set_${name}`, 0x8000, values[index] as bigint));
    assert.equal(hex(memory.subarray(0x8000, 0x8000 + bytes.length)), hex(bytes));
  });
});
