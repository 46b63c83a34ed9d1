/**
 * Wasm binaries (core specification, chapter 5) as lists of sections.
 *
 * @module
 */

/** One section, without its head. */
export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

export const MEMORY_SECTION = 5;
export const GLOBAL_SECTION = 6;
export const CODE_SECTION = 10;
export const DATA_SECTION = 11;
export const DATA_COUNT_SECTION = 12;

/** Bytes before the first section. */
const HEAD = 8;

/** A number as LEB128, the way Wasm writes lengths. */
export function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** A LEB128 of at most 32 bits, and where it ends. */
export function readLeb128(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80 || shift > 28) return [value >>> 0, at];
  }
}

/** The number of an `i32.const`: a signed LEB128, which has its sign in the highest bit of its last byte. */
export function signedLeb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0))
      return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** The same, read; and where it ends. */
export function readSignedLeb128(bytes: Uint8Array, start: number): [value: number, end: number] {
  const [value, end] = readLeb128(bytes, start);
  const bits = 7 * (end - start);
  return [bits < 32 ? (value << (32 - bits)) >> (32 - bits) : value | 0, end];
}

/** The sections of a binary, in their order. */
export function splitSections(wasm: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = HEAD; at < wasm.length; ) {
    const [size, content] = readLeb128(wasm, at + 1);
    sections.push({ id: wasm[at] as number, content: wasm.subarray(content, content + size) });
    at = content + size;
  }
  return sections;
}

/** A binary of sections. */
export function joinSections(wasm: Uint8Array, sections: readonly Section[]): Uint8Array {
  return Buffer.concat([
    wasm.subarray(0, HEAD),
    ...sections.flatMap(({ id, content }) => [
      Buffer.from([id, ...leb128(content.length)]),
      content,
    ]),
  ]);
}

/** A custom section. */
export function customSection(name: string, content: Uint8Array): Section {
  const label = new TextEncoder().encode(name);
  return { id: 0, content: Buffer.concat([Buffer.from(leb128(label.length)), label, content]) };
}

/** The name of a custom section; undefined for any other. */
export function customName({ id, content }: Section): string | undefined {
  if (id !== 0) return undefined;
  const [length, start] = readLeb128(content, 0);
  return new TextDecoder().decode(content.subarray(start, start + length));
}
