import type { GuestMemory } from "../memory/guest-memory.js";
import { bpfError } from "./errno.js";

/** Longer than any name that a kernel or a compiler accepts; keeps messages readable. */
export const MAX_NAME = 256;
/** `PATH_MAX` of `include/uapi/linux/limits.h`, with its final NUL. */
export const MAX_PATH = 4096;

/**
 * A name or a path from the module, as the kernel will take it.
 * @throws BpfError `ENAMETOOLONG`, or `EINVAL` for a NUL inside, where C would end it
 */
export function readText(
  memory: GuestMemory,
  pointer: number,
  length: number,
  what: string,
  most = MAX_NAME,
): string {
  if (length >>> 0 > most) {
    memory.check(pointer, length, what);
    throw bpfError("ENAMETOOLONG", `${what} is ${length >>> 0} bytes long, ${most} are the most`);
  }
  const text = memory.text(pointer, length, what);
  if (text.includes("\0")) throw bpfError("EINVAL", `${what} has a NUL in it`);
  return text;
}

/** Longest prefix of `bytes` within `cap` that does not end inside a UTF-8 character. */
export function cutBetweenCharacters(bytes: Uint8Array, cap: number): Uint8Array {
  if (bytes.length <= cap) return bytes;
  let end = cap;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

const encoder = new TextEncoder();

/** Copies as much of a text as fits, never half a character. @returns its whole length in bytes */
export function writeText(
  memory: GuestMemory,
  text: string,
  buf: number,
  cap: number,
  what: string,
): number {
  const bytes = encoder.encode(text);
  const target = memory.bytes(buf, cap, what);
  target.set(cutBetweenCharacters(bytes, target.length));
  return bytes.length;
}
