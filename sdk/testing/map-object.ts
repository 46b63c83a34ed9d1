// The BPF object with one map that sdk/assembly/map/map_object_bytes.ts has in it, as clang would compile it from
//   struct { int (*type)[1], (*key_size)[1], (*value_size)[1], (*max_entries)[1]; } NAME SEC(".maps");
// with room for a NAME of 15 bytes. `node --import tsx sdk/testing/map-object.ts` writes that file anew.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Bytes of a name, with its NUL: BPF_OBJ_NAME_LEN. */
const NAME = 16;
const FILE = fileURLToPath(new URL("../assembly/map/map_object_bytes.ts", import.meta.url));

class Bytes {
  readonly all: number[] = [];
  u16 = (...values: number[]) => this.#put(2, values);
  u32 = (...values: number[]) => this.#put(4, values);
  u64 = (...values: number[]) => this.#put(8, values);

  #put(size: number, values: number[]): this {
    for (const value of values) {
      for (let i = 0; i < size; i++) this.all.push(i < 4 ? (value >>> (8 * i)) & 0xff : 0);
    }
    return this;
  }
}

/** A string table, the name's room at its end. */
function table(...texts: string[]) {
  const text = `\0${texts.map((each) => `${each}\0`).join("")}`;
  const at = (each: string) => text.indexOf(`\0${each}\0`) + 1;
  return { bytes: [...Buffer.from(text), ...Array<number>(NAME).fill(0)], at, name: text.length };
}

/** `Documentation/bpf/btf.rst` of the kernel. */
function btf() {
  const members = ["type", "key_size", "value_size", "max_entries"];
  const strings = table("int", ...members, ".maps");
  const types = new Bytes();
  types.u32(strings.at("int"), 1 << 24, 4, (1 << 24) | 32);
  types.u32(0, 3 << 24, 0, 1, 1, 1);
  types.u32(0, 2 << 24, 2);
  types.u32(0, (4 << 24) | members.length, 32);
  for (const [i, member] of members.entries()) types.u32(strings.at(member), 3, 64 * i);
  types.u32(strings.name, 14 << 24, 4, 1);
  types.u32(strings.at(".maps"), (15 << 24) | 1, 32, 5, 0, 32);
  const header = new Bytes().u16(0xeb9f, 1);
  header.u32(24, 0, types.all.length, types.all.length, strings.bytes.length);
  const head = [...header.all, ...types.all];
  return { bytes: [...head, ...strings.bytes], name: head.length + strings.name };
}

/** The file, and where in it the name stands, twice. */
export function mapObject(): { bytes: number[]; names: [number, number] } {
  const types = btf();
  const strings = table(".maps", ".BTF", ".symtab", ".strtab");
  // A global object in section 1.
  const symbols = new Bytes().u64(0, 0, 0).u32(strings.name);
  symbols.all.push((1 << 4) | 1, 0);
  symbols.u16(1).u64(0, 32);
  // Name, type, flags, content, link, info, size of an entry: see elf(5).
  const sections = [
    [".maps", 1, 3, Array<number>(32).fill(0), 0, 0, 0],
    [".BTF", 1, 0, types.bytes, 0, 0, 0],
    [".symtab", 2, 0, symbols.all, 4, 1, 24],
    [".strtab", 3, 0, strings.bytes, 0, 0, 0],
  ] as const;
  const body: number[] = [];
  const headers = new Bytes().u64(...Array<number>(8).fill(0));
  const starts = sections.map(([name, type, flags, bytes, link, info, entry]) => {
    const start = 64 + body.length;
    headers.u32(strings.at(name), type).u64(flags, 0, start, bytes.length);
    headers.u32(link, info).u64(8, entry);
    body.push(...bytes, ...Array<number>(-bytes.length & 7).fill(0));
    return start;
  });
  const header = new Bytes();
  header.all.push(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array<number>(9).fill(0));
  header
    .u16(1, 247)
    .u32(1)
    .u64(0, 0, 64 + body.length)
    .u32(0);
  header.u16(64, 0, 0, 64, sections.length + 1, sections.length);
  return {
    bytes: [...header.all, ...body, ...headers.all],
    names: [(starts[1] ?? 0) + types.name, (starts[3] ?? 0) + strings.name],
  };
}

/** What the module of the SDK has to be. */
export function mapObjectSource(): string {
  const { bytes, names } = mapObject();
  // Without the number that an ELF file begins with: what looks for objects in a module shall find a tool's own.
  const rest = bytes.map((byte, i) => (i < 4 ? 0 : byte));
  return `// Written by sdk/testing/map-object.ts: do not edit.
// biome-ignore-all format: numbers

/** Length of the object. */
export const SIZE: i32 = ${bytes.length};
/** Where the map's name stands in it. */
export const NAME_IN_BTF: usize = ${names[0]};
export const NAME_IN_STRTAB: usize = ${names[1]};
/** A BPF object with one map, but for its first four bytes. */
export const OBJECT: usize = memory.data<u8>([${rest.join(",")}], 8);
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, mapObjectSource());
