import assert from "node:assert/strict";
import { BpfObjectFile } from "../../object/object.js";
import type { VariableSpec } from "../../object/types.js";
import { readBits } from "../bits.js";
import type { Btf } from "../btf.js";
import type { ByteOrder } from "../types.js";
import { compile } from "./clang.js";
import type { Random } from "./random.js";
import { PRELUDE, type RandomLeaf, type RandomStruct } from "./structs.js";

/** How a type calls a leaf: `.a[1].x`. */
const designator = (leaf: RandomLeaf) =>
  leaf.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");

interface Sample {
  readonly struct: RandomStruct;
  readonly leaf: RandomLeaf;
  /** Global constant with all bits of the leaf set, and nothing else. */
  readonly ones: string;
  /** Global constant with a chosen value. */
  readonly value: string;
  readonly chosen: bigint;
}

/**
 * Asks C itself about structs: each becomes a table of sizes and offsets, and two constants for each field, one with all its bits set and one with a chosen value. All that
 * is compiled at once, and what BTF says is compared with the bytes.
 * @returns how many fields were compared
 */
export function compareWithC(
  structs: readonly RandomStruct[],
  random: Random,
  byteOrder: ByteOrder,
): number {
  const samples: Sample[] = [];
  const lines = ["#define offsetof(type, field) __builtin_offsetof(type, field)", PRELUDE];
  structs.forEach((struct, index) => {
    lines.push(struct.definition);
    const offsets = plain(struct).map(
      (leaf) => `offsetof(${struct.name}, ${designator(leaf).slice(1)})`,
    );
    lines.push(
      `const unsigned long table${index}[] = { sizeof(${struct.name}), _Alignof(${struct.name}), ${offsets.join(", ")} };`,
    );
    lines.push(`${struct.name} whole${index};`);
    struct.leaves.forEach((leaf, at) => {
      const sample = {
        struct,
        leaf,
        ones: `ones${index}_${at}`,
        value: `value${index}_${at}`,
        chosen: random.bits(128),
      };
      samples.push(sample);
      lines.push(
        `const ${struct.name} ${sample.ones} = { ${designator(leaf)} = ${allOnes(leaf)} };`,
      );
      lines.push(
        `const ${struct.name} ${sample.value} = { ${designator(leaf)} = ${literal(leaf, sample.chosen)} };`,
      );
    });
  });
  const object = BpfObjectFile.parse(
    compile(lines.join("\n"), { target: byteOrder === "big" ? "bpfeb" : "bpf" }),
  );
  assert.equal(object.byteOrder, byteOrder);
  const constants = new Map<string, VariableSpec>();
  for (const section of object.dataSections) {
    for (const variable of section.variables)
      constants.set(variable.name, { ...variable, initial: bytesOf(section.kind, variable) });
  }
  for (const [index, struct] of structs.entries()) {
    compareTable(object.btf, struct, constant(constants, `table${index}`));
  }
  for (const sample of samples) compareSample(object.btf, sample, constants);
  return samples.length;
}

const plain = (struct: RandomStruct) => struct.leaves.filter(({ bits }) => bits === 0);

function bytesOf(kind: string, variable: VariableSpec): Uint8Array {
  return kind === "bss" ? new Uint8Array(variable.size) : variable.initial;
}

function constant(constants: ReadonlyMap<string, VariableSpec>, name: string): VariableSpec {
  const found = constants.get(name);
  assert.ok(found, `no constant ${name}`);
  return found;
}

function compareTable(btf: Btf, struct: RandomStruct, table: VariableSpec): void {
  const numbers = Array.from({ length: table.size / 8 }, (_, i) =>
    Number(readBits(table.initial, i * 64, 64, btf.byteOrder)),
  );
  const type = idOf(btf, struct);
  const [size, alignment, ...offsets] = numbers;
  assert.equal(btf.size(type), size, `size of\n${struct.definition}`);
  // What `packed` and `aligned` did to the alignment leaves no trace in BTF.
  if (!struct.attributed)
    assert.equal(btf.alignment(type), alignment, `alignment of\n${struct.definition}`);
  plain(struct).forEach((leaf, i) => {
    assert.equal(
      place(btf, type, leaf).offset / 8,
      offsets[i],
      `offset of ${designator(leaf)} in\n${struct.definition}`,
    );
  });
}

function idOf(btf: Btf, struct: RandomStruct): number {
  const [keyword, name = ""] = struct.name.split(" ");
  const type = btf.findByName(name, keyword === "union" ? "UNION" : "STRUCT");
  assert.ok(type, struct.name);
  return type.id;
}

/** Where BTF says that a leaf is. */
function place(btf: Btf, type: number, leaf: RandomLeaf): { offset: number; width: number } {
  let id = type;
  let offset = 0;
  let width = 0;
  for (const step of leaf.path) {
    if (typeof step === "number") {
      const array = btf.resolve(id);
      assert.ok(array.kind === "ARRAY");
      assert.ok(step < array.length);
      id = array.elementType;
      offset += step * btf.size(id) * 8;
      width = btf.size(id) * 8;
    } else {
      const field = btf.fields(id).find(({ name }) => name === step);
      assert.ok(field, `no field ${step}`);
      id = field.type;
      offset += field.bitOffset;
      width = field.bitSize || field.size * 8;
    }
  }
  return { offset, width };
}

function compareSample(
  btf: Btf,
  sample: Sample,
  constants: ReadonlyMap<string, VariableSpec>,
): void {
  const { struct, leaf } = sample;
  const at = place(btf, idOf(btf, struct), leaf);
  if (leaf.bits > 0)
    assert.equal(at.width, leaf.bits, `width of ${designator(leaf)} in\n${struct.definition}`);
  const message = `${designator(leaf)} in\n${struct.definition}`;

  const ones = constant(constants, sample.ones).initial;
  const expected = new Uint8Array(ones.length);
  if (leaf.what === "bool")
    setBits(
      expected,
      btf.byteOrder === "little" ? at.offset : at.offset + at.width - 1,
      1,
      btf.byteOrder,
    );
  else setBits(expected, at.offset, at.width, btf.byteOrder);
  assert.deepEqual(
    Buffer.from(ones).toString("hex"),
    Buffer.from(expected).toString("hex"),
    `all ones of ${message}`,
  );

  const value = readBits(
    constant(constants, sample.value).initial,
    at.offset,
    at.width,
    btf.byteOrder,
  );
  assert.equal(
    value,
    leaf.what === "bool" ? 1n : BigInt.asUintN(at.width, sample.chosen),
    `a value of ${message}`,
  );
}

/** Sets bits one by one, in the numbering that `BtfField.bitOffset` documents: by another way than `readBits`. */
function setBits(bytes: Uint8Array, offset: number, count: number, byteOrder: ByteOrder): void {
  for (let bit = offset; bit < offset + count; bit++) {
    const mask = byteOrder === "little" ? 1 << (bit % 8) : 0x80 >> (bit % 8);
    bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] ?? 0) | mask;
  }
}

function allOnes(leaf: RandomLeaf): string {
  switch (leaf.what) {
    case "bool":
      return "1";
    case "float":
    case "double":
      return floatOfBits(leaf.what, -1n);
    default:
      return `(${leaf.type})-1L`;
  }
}

function literal(leaf: RandomLeaf, chosen: bigint): string {
  if (leaf.what === "bool") return "1";
  if (leaf.what === "float" || leaf.what === "double") return floatOfBits(leaf.what, chosen);
  const low = BigInt.asUintN(64, chosen);
  if (leaf.what === "pointer") return `(${leaf.type})${low}UL`;
  return `(${leaf.type})(((unsigned __int128)${chosen >> 64n}UL << 64) | ${low}UL)`;
}

/** A floating point constant with exactly these bits, NaNs included. */
function floatOfBits(what: "float" | "double", bits: bigint): string {
  const width = what === "float" ? 32 : 64;
  const integer = what === "float" ? "unsigned int" : "unsigned long";
  return `__builtin_bit_cast(${what}, (${integer})${BigInt.asUintN(width, bits)}UL)`;
}
