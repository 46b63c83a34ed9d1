/**
 * Random C structs, and for each number in them the C expression that sets it and the AssemblyScript expressions that read and write it.
 *
 * @module
 */

/** A number somewhere in a struct. */
export interface Leaf {
  /** Name of the C struct. */
  readonly struct: string;
  /** Designator in C: `.a.b[2]`. */
  readonly designator: string;
  /** Accessors after a view of the struct, up to the last. */
  readonly chain: string;
  /** The last accessor, or the index of an array's element. */
  readonly last: string | number;
  /** Type in AssemblyScript. */
  readonly type: string;
  /** Bits of its value. */
  readonly bits: number;
  /** Whether it is no bitfield. */
  readonly byte: boolean;
  /** Type in C of a pointer, to which no number converts by itself; else empty. */
  readonly cast: string;
}

export interface RandomStructs {
  /** C declarations of the structs, and a variable for each, so that clang keeps them. */
  readonly source: string;
  readonly names: readonly string[];
  readonly leaves: readonly Leaf[];
}

interface ScalarKind {
  readonly c: string;
  readonly as: string;
  readonly bits: number;
  readonly bitfield: boolean;
}

const SCALARS: readonly ScalarKind[] = [
  { c: "signed char", as: "i8", bits: 8, bitfield: true },
  { c: "unsigned char", as: "u8", bits: 8, bitfield: true },
  { c: "char", as: "i8", bits: 8, bitfield: false },
  { c: "short", as: "i16", bits: 16, bitfield: true },
  { c: "unsigned short", as: "u16", bits: 16, bitfield: true },
  { c: "int", as: "i32", bits: 32, bitfield: true },
  { c: "unsigned int", as: "u32", bits: 32, bitfield: true },
  { c: "long", as: "i64", bits: 64, bitfield: true },
  { c: "unsigned long", as: "u64", bits: 64, bitfield: true },
  { c: "_Bool", as: "bool", bits: 1, bitfield: true },
  { c: "float", as: "f32", bits: 32, bitfield: false },
  { c: "double", as: "f64", bits: 64, bitfield: false },
  { c: "enum small", as: "u8", bits: 8, bitfield: false },
  { c: "enum large", as: "i32", bits: 32, bitfield: true },
  { c: "void *", as: "u64", bits: 64, bitfield: false },
];

const PRELUDE = `
enum small { SMALL_A, SMALL_B = 200 } __attribute__((packed));
enum large { LARGE_A = -5, LARGE_B = 70000 };
`;

/** xorshift32: the same structs for the same seed, on every machine. */
export function randomSource(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

class Generator {
  readonly leaves: Leaf[] = [];
  private readonly random: (below: number) => number;
  private readonly done: { name: string; leaves: Leaf[] }[] = [];

  constructor(random: (below: number) => number) {
    this.random = random;
  }

  struct(name: string): string {
    const leaves: Leaf[] = [];
    const union = this.random(5) === 0;
    const body = this.members(name, leaves, 2 + this.random(7), "f", 0);
    const packed = this.random(4) === 0 ? " __attribute__((packed))" : "";
    const aligned = this.random(6) === 0 ? " __attribute__((aligned(32)))" : "";
    this.leaves.push(...leaves);
    this.done.push({ name, leaves });
    return `${union ? "union" : "struct"} ${name} {\n${body}}${packed}${aligned};\n${union ? "union" : "struct"} ${name} any_${name};\n`;
  }

  private members(
    struct: string,
    leaves: Leaf[],
    count: number,
    prefix: string,
    depth: number,
  ): string {
    let text = "";
    for (let index = 0; index < count; index++) {
      const name = `${prefix}${index}`;
      const kind = SCALARS[this.random(SCALARS.length)] as ScalarKind;
      const choice = this.random(12);
      if (choice < 4) {
        text += `\t${kind.c} ${name};\n`;
        leaves.push(leaf(struct, name, kind, kind.bits, true));
      } else if (choice < 8 && kind.bitfield) {
        const width = kind.as === "bool" ? 1 : 1 + this.random(kind.bits);
        if (this.random(6) === 0) text += `\t${kind.c} : ${this.random(width + 1)};\n`;
        text += `\t${kind.c} ${name} : ${width};\n`;
        leaves.push(leaf(struct, name, kind, width, false));
      } else if (choice === 8) {
        const length = 1 + this.random(4);
        if (kind.as === "i8" && kind.c === "char") continue;
        text += `\t${kind.c} ${name}[${length}];\n`;
        const at = this.random(length);
        leaves.push({
          struct,
          designator: `.${name}[${at}]`,
          chain: `.${name}`,
          last: at,
          type: kind.as,
          bits: kind.bits,
          byte: true,
          cast: castOf(kind),
        });
      } else if (choice === 9 && depth < 2) {
        const keyword = this.random(2) === 0 ? "struct" : "union";
        text += `\t${keyword} {\n${this.members(struct, leaves, 1 + this.random(3), `${name}_`, depth + 1)}\t};\n`;
      } else if (choice === 10 && this.done.length > 0) {
        const inner = this.done[this.random(this.done.length)] as { name: string; leaves: Leaf[] };
        text += `\ttypeof(any_${inner.name}) ${name};\n`;
        for (const each of inner.leaves.slice(0, 4))
          leaves.push({
            ...each,
            struct,
            designator: `.${name}${each.designator}`,
            chain: `.${name}${each.chain}`,
          });
      } else if (choice === 11 && this.done.length > 0) {
        const inner = this.done[this.random(this.done.length)] as { name: string; leaves: Leaf[] };
        text += `\ttypeof(any_${inner.name}) ${name}[2][3];\n`;
        for (const each of inner.leaves.slice(0, 2)) {
          leaves.push({
            ...each,
            struct,
            designator: `.${name}[1][2]${each.designator}`,
            chain: `.${name}.at(1).at(2)${each.chain}`,
          });
        }
      } else {
        text += `\tunsigned __int128 ${name};\n`;
        leaves.push({
          struct,
          designator: `.${name}`,
          chain: `.${name}`,
          last: "lo",
          type: "u64",
          bits: 64,
          byte: true,
          cast: "",
        });
      }
    }
    return text;
  }
}

function leaf(struct: string, name: string, kind: ScalarKind, bits: number, byte: boolean): Leaf {
  return {
    struct,
    designator: `.${name}`,
    chain: "",
    last: name,
    type: kind.as,
    bits,
    byte,
    cast: castOf(kind),
  };
}

function castOf(kind: ScalarKind): string {
  return kind.c.endsWith("*") ? `(${kind.c})` : "";
}

export function randomStructs(seed: number, count: number): RandomStructs {
  const generator = new Generator(randomSource(seed));
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const source = PRELUDE + names.map((name) => generator.struct(name)).join("");
  return { source, names, leaves: generator.leaves };
}
