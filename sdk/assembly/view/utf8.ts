/**
 * Characters one by one: out of the UTF-16 of a string, into the UTF-8 of everything outside of this module.
 *
 * @module
 */

/** What is no character becomes U+FFFD. */
export const REPLACEMENT: u32 = 0xfffd;
/** Bytes of UTF-8 that a character needs at most. */
export const MOST_BYTES: i32 = 4;

/** The character that stands at an address as UTF-16; a lone surrogate is {@link REPLACEMENT}. */
export function nextCode(address: usize, end: usize): u32 {
  const code = <u32>load<u16>(address);
  if (code < 0xd800 || code > 0xdfff) return code;
  if (code < 0xdc00 && address + 2 < end) {
    const low = <u32>load<u16>(address, 2) - 0xdc00;
    if (low < 0x400) return 0x1_0000 + ((code - 0xd800) << 10) + low;
  }
  return REPLACEMENT;
}

/** Bytes of a character in UTF-16. */
export function units(code: u32): usize {
  return code < 0x1_0000 ? 2 : 4;
}

/** Bytes of a character in UTF-8. */
export function encodedSize(code: u32): usize {
  return 1 + <usize>(code >= 0x80) + <usize>(code >= 0x800) + <usize>(code >= 0x1_0000);
}

/** Writes a character as UTF-8. Returns its bytes. */
export function encode(address: usize, code: u32): usize {
  const size = encodedSize(code);
  if (size == 1) {
    store<u8>(address, code);
    return 1;
  }
  for (let byte = size - 1; byte > 0; byte--) {
    store<u8>(address + byte, 0x80 | (code & 0x3f));
    code >>= 6;
  }
  // The lead byte has as many ones at its top as the sequence has bytes.
  store<u8>(address, (0xf00 >>> <u32>size) | code);
  return size;
}
