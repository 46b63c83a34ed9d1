/**
 * Text in fields of C: `char name[16]` holds UTF-8 up to a NUL byte or to its end.
 *
 * @module
 */

import { addressOf } from "../abi/memory";
import { encode, encodedSize, nextCode, REPLACEMENT, units } from "./utf8";

/** Bytes before the first NUL, at most `size`. */
export function textLength(address: usize, size: usize): usize {
  let length: usize = 0;
  while (length < size && load<u8>(address + length) != 0) length++;
  return length;
}

/** Bytes of the sequence that a lead byte begins, 0 for a byte that begins none. */
function sequenceLength(lead: u32): u32 {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The character of a sequence of `length` bytes, or -1 if it is cut short, overlong, a surrogate or beyond U+10FFFF. */
function decodeSequence(address: usize, length: u32, end: usize): i32 {
  if (address + length > end) return -1;
  let code: u32 = load<u8>(address);
  if (length == 1) return code;
  code &= 0x7f >> length;
  for (let i: u32 = 1; i < length; i++) {
    const byte = <u32>load<u8>(address + i);
    if ((byte & 0xc0) != 0x80) return -1;
    code = (code << 6) | (byte & 0x3f);
  }
  if (length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return -1;
  if (length == 4 && (code < 0x1_0000 || code > 0x10_ffff)) return -1;
  return code;
}

/**
 * Reads text of at most `size` bytes, up to the first NUL. The kernel cuts names off between any two bytes and tools write what they like, so bytes that are no
 * UTF-8 become U+FFFD each and nothing is read beyond `size`.
 */
export function readText(address: usize, size: usize): string {
  const length = textLength(address, size);
  const end = address + length;
  // Never fewer units than bytes: a sequence of four bytes makes two.
  const codes = new StaticArray<u16>(<i32>length);
  let count = 0;
  while (address < end) {
    const bytes = sequenceLength(load<u8>(address));
    const code = bytes == 0 ? -1 : decodeSequence(address, bytes, end);
    if (code < 0) {
      unchecked((codes[count++] = <u16>REPLACEMENT));
      address++;
    } else {
      if (code < 0x1_0000) {
        unchecked((codes[count++] = <u16>code));
      } else {
        unchecked((codes[count++] = <u16>(0xd800 + ((code - 0x1_0000) >> 10))));
        unchecked((codes[count++] = <u16>(0xdc00 + (code & 0x3ff))));
      }
      address += bytes;
    }
  }
  return String.UTF16.decodeUnsafe(changetype<usize>(codes), (<usize>count) << 1);
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
