import { leb128, readLeb128, readSignedLeb128, signedLeb128 } from "./wasm.js";

/** Bytes that stand in memory when a module begins. */
export interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** `i32.const` and `end` */
const CONST = 0x41;
const END = 0x0b;

/** The segments of a data section; undefined if one of them has no constant place in the first memory. */
export function readSegments(content: Uint8Array): Segment[] | undefined {
  const segments: Segment[] = [];
  let [count, at] = readLeb128(content, 0);
  for (; count > 0; count--) {
    if (content[at] !== 0 || content[at + 1] !== CONST) return undefined;
    const [offset, end] = readSignedLeb128(content, at + 2);
    if (content[end] !== END) return undefined;
    const [length, start] = readLeb128(content, end + 1);
    segments.push({ offset: offset >>> 0, bytes: content.subarray(start, start + length) });
    at = start + length;
  }
  return segments;
}

/** A data section. */
export function writeSegments(segments: readonly Segment[]): Uint8Array {
  return Buffer.concat([
    Buffer.from(leb128(segments.length)),
    ...segments.flatMap(({ offset, bytes }) => [
      Buffer.from([0, CONST, ...signedLeb128(offset), END, ...leb128(bytes.length)]),
      bytes,
    ]),
  ]);
}

/** A segment without some ranges of addresses, and without zeros at the ends of what is left: memory is zero to begin with. */
export function without(
  segment: Segment,
  ranges: readonly { readonly start: number; readonly end: number }[],
): Segment[] {
  const { offset, bytes } = segment;
  const hits = ranges
    .filter(({ start, end }) => start < offset + bytes.length && end > offset)
    .sort((a, b) => a.start - b.start);
  if (hits.length === 0) return [segment];
  const rest: Segment[] = [];
  const keep = (from: number, to: number): void => {
    let start = from;
    let end = to;
    while (start < end && bytes[start] === 0) start++;
    while (end > start && bytes[end - 1] === 0) end--;
    if (start < end) rest.push({ offset: offset + start, bytes: bytes.subarray(start, end) });
  };
  let at = 0;
  for (const { start, end } of hits) {
    keep(at, Math.max(at, start - offset));
    at = Math.max(at, end - offset);
  }
  keep(at, bytes.length);
  return rest;
}
