import type { ByteOrder } from "./types.js";

/**
 * Reads `bitSize` bits from bit `bitOffset` of `bytes` on, numbered as {@link BtfField.bitOffset} says.
 * @returns the bits as an unsigned number, or sign-extended if `signed`
 * @throws RangeError if they leave `bytes`
 */
export function readBits(
  bytes: Uint8Array,
  bitOffset: number,
  bitSize: number,
  byteOrder: ByteOrder,
  signed = false,
): bigint {
  const first = Math.floor(bitOffset / 8);
  const last = Math.floor((bitOffset + bitSize - 1) / 8);
  if (bitOffset < 0 || bitSize < 1 || last >= bytes.length) {
    throw new RangeError(
      `bits ${bitOffset} to ${bitOffset + bitSize} leave the ${bytes.length} bytes`,
    );
  }
  let word = 0n;
  for (let i = first; i <= last; i++) {
    const at = byteOrder === "little" ? last - (i - first) : i;
    word = (word << 8n) | BigInt(bytes[at] as number);
  }
  const width = (last - first + 1) * 8;
  const skip = bitOffset - first * 8;
  word >>= BigInt(byteOrder === "little" ? skip : width - skip - bitSize);
  return signed ? BigInt.asIntN(bitSize, word) : BigInt.asUintN(bitSize, word);
}
