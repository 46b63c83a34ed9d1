import type { Random } from "./random.js";

/** One field of a random struct, as a C expression after the variable's name. */
export interface RandomLeaf {
  /** Names and indexes to go through: `["a", 1, "x"]` is `.a[1].x`. */
  readonly path: readonly (string | number)[];
  /** C type, to cast a value to. */
  readonly type: string;
  readonly what: "int" | "bool" | "pointer" | "float" | "double" | "enum";
  /** Width of a bitfield, 0 if it is none. */
  readonly bits: number;
}

export interface RandomStruct {
  /** With its keyword: `struct s3`. */
  readonly name: string;
  readonly definition: string;
  readonly leaves: readonly RandomLeaf[];
  /** Whether `aligned` or `packed` is anywhere in it, so that its alignment is not the natural one. */
  readonly attributed: boolean;
  /** Whether it ends in a flexible array, so that there is no array of it. In another struct it may stand anywhere. */
  readonly flexible: boolean;
}

/** What stands between a struct's braces. */
interface Body extends Pick<RandomStruct, "leaves" | "attributed" | "flexible"> {
  readonly text: string;
}

/** Type, bits, and whether it may be a bitfield. */
const SCALARS: readonly [string, number, RandomLeaf["what"]][] = [
  ["signed char", 8, "int"],
  ["unsigned char", 8, "int"],
  ["char", 8, "int"],
  ["short", 16, "int"],
  ["unsigned short", 16, "int"],
  ["int", 32, "int"],
  ["unsigned int", 32, "int"],
  ["long", 64, "int"],
  ["unsigned long long", 64, "int"],
  ["my_u32", 32, "int"],
  ["const volatile my_u64", 64, "int"],
  ["__int128", 128, "int"],
  ["unsigned __int128", 128, "int"],
  ["_Bool", 1, "bool"],
  ["enum e1", 8, "enum"],
  ["enum e2", 16, "enum"],
  ["enum e4", 32, "enum"],
  ["enum e8", 64, "enum"],
  ["void *", 64, "pointer"],
  ["struct unknown *", 64, "pointer"],
  ["callback", 64, "pointer"],
  ["float", 32, "float"],
  ["double", 64, "double"],
];

/** What the definitions below refer to. */
export const PRELUDE = `
typedef unsigned int my_u32;
typedef unsigned long long my_u64;
typedef int (*callback)(void *, struct unknown *);
enum __attribute__((packed)) e1 { E1_A = -3, E1_B = 5 };
enum __attribute__((packed)) e2 { E2_A = 1, E2_B = 40000 };
enum e4 { E4_A = -1, E4_B = 77 };
enum e8 { E8_A = 1, E8_B = 0x123456789abLL };
`;

/** Makes structs and unions, each of which may hold those before it. */
export class StructMaker {
  readonly #random: Random;
  readonly #made: RandomStruct[] = [];
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  make(): RandomStruct {
    const union = this.#random.chance(12);
    const name = `${union ? "union" : "struct"} s${this.#made.length}`;
    const body = this.#body(union, 0, !union);
    const attributes = this.#attributes();
    const made: RandomStruct = {
      name,
      definition: `${name} {\n${body.text}}${attributes};\n`,
      leaves: body.leaves,
      attributed: body.attributed || attributes !== "",
      flexible: body.flexible,
    };
    this.#made.push(made);
    return made;
  }

  #attributes(): string {
    const random = this.#random;
    const packed = random.chance(25) ? " __attribute__((packed))" : "";
    return random.chance(12)
      ? `${packed} __attribute__((aligned(${random.pick([2, 4, 8, 16, 64])})))`
      : packed;
  }

  #body(union: boolean, depth: number, mayFlex: boolean): Body {
    const random = this.#random;
    const lines: string[] = [];
    const leaves: RandomLeaf[] = [];
    let attributed = false;
    let flexible = false;
    const count = 1 + random.below(depth === 0 ? 9 : 4);
    for (let i = 0; i < count; i++) {
      const name = `f${this.#names++}`;
      const kind = random.below(100);
      if (kind < 30) this.#bitfield(name, union, lines, leaves);
      else if (kind < 60) this.#scalar(name, lines, leaves);
      else if (kind < 72) this.#array(name, lines, leaves);
      else if (kind < 80 && depth < 3) {
        const keyword = random.pick(["union", "struct"]);
        const inner = this.#body(keyword === "union", depth + 1, false);
        const attributes = this.#attributes();
        const anonymous = random.chance(60);
        lines.push(`${keyword} {\n${inner.text}}${attributes} ${anonymous ? "" : name};`);
        leaves.push(
          ...inner.leaves.map((leaf) =>
            anonymous ? leaf : { ...leaf, path: [name, ...leaf.path] },
          ),
        );
        attributed ||= inner.attributed || attributes !== "";
        flexible ||= inner.flexible;
      } else {
        const nested = this.#made.filter((struct) => struct.leaves.length < 25);
        if (nested.length === 0) continue;
        const inner = random.pick(nested);
        const length = random.chance(30) && !inner.flexible ? 1 + random.below(3) : 0;
        lines.push(`${inner.name} ${name}${length > 0 ? `[${length}]` : ""};`);
        const prefix = length > 0 ? [name, random.below(length)] : [name];
        leaves.push(...inner.leaves.map((leaf) => ({ ...leaf, path: [...prefix, ...leaf.path] })));
        attributed ||= inner.attributed;
        flexible ||= inner.flexible;
      }
      if (random.chance(6)) {
        const last = lines.pop() ?? "";
        if (/[:{]/.test(last)) lines.push(last);
        else {
          lines.push(
            last.replace(/;$/, ` __attribute__((aligned(${random.pick([2, 4, 8, 16, 32])})));`),
          );
          attributed = true;
        }
      }
    }
    if (mayFlex && leaves.length > 0 && random.chance(8)) {
      flexible = true;
      lines.push(`${random.pick(SCALARS)[0]} tail${this.#names++}[];`);
    }
    return { text: lines.map((line) => `${line}\n`).join(""), leaves, attributed, flexible };
  }

  #scalar(name: string, lines: string[], leaves: RandomLeaf[]): void {
    const [type, , what] = this.#random.pick(SCALARS);
    lines.push(`${type} ${name};`);
    leaves.push({ path: [name], type, what, bits: 0 });
  }

  #bitfield(name: string, union: boolean, lines: string[], leaves: RandomLeaf[]): void {
    const random = this.#random;
    const [type, width, what] = random.pick(
      SCALARS.filter(([, , kind]) => kind === "int" || kind === "bool" || kind === "enum"),
    );
    if (random.chance(12) && !union && what === "int") {
      // Unnamed ones move what follows, and BTF does not write them down.
      lines.push(`${type} : ${random.below(Math.min(width, 64) + 1)};`);
      return;
    }
    const bits = random.chance(15) ? width : 1 + random.below(width);
    lines.push(`${type} ${name} : ${bits};`);
    leaves.push({ path: [name], type, what, bits });
  }

  #array(name: string, lines: string[], leaves: RandomLeaf[]): void {
    const random = this.#random;
    const [type, , what] = random.pick(SCALARS);
    const dimensions = Array.from({ length: 1 + random.below(3) }, () => 1 + random.below(4));
    if (random.chance(8)) dimensions[0] = 0;
    lines.push(`${type} ${name}${dimensions.map((length) => `[${length}]`).join("")};`);
    if (dimensions[0] === 0) return;
    for (const at of [dimensions.map(() => 0), dimensions.map((length) => length - 1)]) {
      leaves.push({ path: [name, ...at], type, what, bits: 0 });
    }
  }
}
