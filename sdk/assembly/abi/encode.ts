/**
 * Text on its way to the host.
 *
 * @module
 */
import { encode, MOST_BYTES, nextCode, units } from "../view/utf8";
import { keep } from "./region";

let buffer: usize = 0;
let capacity: usize = 0;

/** Bytes of the latest {@link encodeText}. */
export let encodedLength: i32 = 0;

/** The address of a text as UTF-8; it stays until the next call. {@link encodedLength} has its length. */
export function encodeText(text: string): usize {
  const from = changetype<usize>(text);
  const bytes = (<usize>text.length) << 1;
  const most = bytes * 2 + MOST_BYTES;
  if (most > capacity) {
    if (buffer != 0) heap.free(buffer);
    capacity = most * 2;
    buffer = heap.alloc(capacity);
    keep();
  }
  let end = buffer;
  for (let at: usize = 0; at < bytes; ) {
    const code = nextCode(from + at, from + bytes);
    at += units(code);
    end += encode(end, code);
  }
  encodedLength = <i32>(end - buffer);
  return buffer;
}
