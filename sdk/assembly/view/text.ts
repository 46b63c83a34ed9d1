/**
 * Text in fields of C: `char name[16]` holds UTF-8 up to a NUL byte or to its end.
 *
 * @module
 */

import { addressOf } from "../abi/memory";
import { addUnit, begin, toText } from "../console/parts";
import { encode, encodedSize, nextCode, REPLACEMENT, units } from "./utf8";

/** Bytes before the first NUL, at most `size`. */
export function textLength(address: usize, size: usize): usize {
  let length: usize = 0;
  while (length < size && load<u8>(address + length) != 0) length++;
  return length;
}

/**
 * The character that a sequence of UTF-8 begins with, and above it, by {@link LENGTH}, the bytes that it has. A byte that begins none, or one of a sequence that is cut short, overlong, a surrogate
 * or beyond U+10FFFF, is U+FFFD.
 */
function nextSequence(address: usize, end: usize): u32 {
  const lead = <u32>load<u8>(address);
  if (lead < 0x80) return lead | (1 << LENGTH);
  // As many bytes as the lead byte has ones at its top.
  const length = <u32>clz(~(lead << 24));
  let code = lead & (0x7f >> length);
  let valid = length - 2 < 3 && address + length <= end;
  for (let i: u32 = 1; valid && i < length; i++) {
    const byte = <u32>load<u8>(address + i);
    valid = (byte & 0xc0) == 0x80;
    code = (code << 6) | (byte & 0x3f);
  }
  valid = valid && encodedSize(code) == length && code - 0xd800 > 0x7ff && code <= 0x10_ffff;
  return valid ? code | (length << LENGTH) : REPLACEMENT | (1 << LENGTH);
}
/** Bits of a character. */
const LENGTH: u32 = 24;

/**
 * Reads text of at most `size` bytes, up to the first NUL. The kernel cuts names off between any two bytes and tools write what they like, so bytes that are no
 * UTF-8 become U+FFFD each and nothing is read beyond `size`.
 */
export function readText(address: usize, size: usize): string {
  const end = address + textLength(address, size);
  const start = begin();
  while (address < end) {
    const next = nextSequence(address, end);
    address += next >> LENGTH;
    let code = next & ((1 << LENGTH) - 1);
    if (code >= 0x1_0000) {
      code -= 0x1_0000;
      addUnit(start, 0xd800 | (code >> 10));
      code = 0xdc00 | (code & 0x3ff);
    }
    addUnit(start, code);
  }
  return toText(start);
}

/**
 * Writes text as UTF-8 into a field of `size` bytes. The rest becomes zero, and the last byte always is: what does not fit is cut off before the first character
 * that does not fit whole. A lone surrogate is written as U+FFFD.
 */
export function writeText(address: usize, size: usize, text: string): void {
  if (size == 0) return;
  memory.fill(address, 0, size);
  const end = address + size - 1;
  const from = addressOf(text);
  const to = from + ((<usize>text.length) << 1);
  for (let at = from; at < to; ) {
    const code = nextCode(at, to);
    if (code == 0 || address + encodedSize(code) > end) return;
    at += units(code);
    address += encode(address, code);
  }
}
