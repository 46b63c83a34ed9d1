import { HEADER_SIZE, Kind, MAGIC } from "../format.js";
import type { ByteOrder } from "../types.js";

/** Writes BTF by hand, also such as no compiler would: what it is given stands in it. */
export class BtfBuilder {
  readonly #little: boolean;
  readonly #words: number[] = [];
  readonly #strings: string[] = [];
  #stringSize: number;
  #nextId: number;

  /** @param base ids and string bytes of the BTF that this one continues */
  constructor(
    byteOrder: ByteOrder = "little",
    base: { readonly typeCount: number; readonly stringSize: number } = {
      typeCount: 1,
      stringSize: 0,
    },
  ) {
    this.#little = byteOrder === "little";
    this.#nextId = base.typeCount;
    this.#stringSize = base.stringSize;
    this.string("");
  }

  get stringSize(): number {
    return this.#stringSize;
  }

  string(text: string): number {
    const offset = this.#stringSize;
    this.#strings.push(text);
    this.#stringSize += Buffer.byteLength(text) + 1;
    return offset;
  }

  /** Adds a type of 32-bit words behind its `struct btf_type`; gives its id. */
  raw(
    kind: number,
    name: number | string,
    sizeOrType: number,
    options: { vlen?: number; flag?: boolean } = {},
    words: readonly number[] = [],
  ): number {
    const nameAt = typeof name === "number" ? name : name === "" ? 0 : this.string(name);
    const info = ((options.flag ? 1 : 0) << 31) | (kind << 24) | (options.vlen ?? 0);
    this.#words.push(nameAt, info, sizeOrType, ...words);
    return this.#nextId++;
  }

  int(
    name: string,
    size: number,
    options: { bits?: number; offset?: number; encoding?: number } = {},
  ): number {
    const word =
      ((options.encoding ?? 0) << 24) | ((options.offset ?? 0) << 16) | (options.bits ?? size * 8);
    return this.raw(Kind.INT, name, size, {}, [word]);
  }

  pointer(type: number): number {
    return this.raw(Kind.PTR, 0, type);
  }

  array(element: number, length: number, index = 1): number {
    return this.raw(Kind.ARRAY, 0, 0, {}, [element, index, length]);
  }

  /** Members are name, type, offset word. */
  struct(
    name: string,
    size: number,
    members: readonly (readonly [string, number, number])[],
    options: { union?: boolean; flag?: boolean } = {},
  ): number {
    const words = members.flatMap(([member, type, offset]) => [
      member === "" ? 0 : this.string(member),
      type,
      offset,
    ]);
    const kind = options.union ? Kind.UNION : Kind.STRUCT;
    return this.raw(kind, name, size, { vlen: members.length, flag: options.flag ?? false }, words);
  }

  /** The whole blob: header, types, strings. */
  build(): Buffer {
    const types = this.#words.length * 4;
    const strings = Buffer.from(`${this.#strings.join("\0")}\0`);
    const bytes = Buffer.alloc(HEADER_SIZE + types + strings.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    view.setUint16(0, MAGIC, this.#little);
    view.setUint8(2, 1);
    for (const [at, value] of [
      [4, HEADER_SIZE],
      [8, 0],
      [12, types],
      [16, types],
      [20, strings.length],
    ] as const) {
      view.setUint32(at, value, this.#little);
    }
    this.#words.forEach((word, index) => {
      view.setUint32(HEADER_SIZE + index * 4, word >>> 0, this.#little);
    });
    strings.copy(bytes, HEADER_SIZE + types);
    return bytes;
  }
}
