import { bpfError } from "../imports/errno.js";
import type { GuestMemory } from "../memory/guest-memory.js";

/** Bytes of the longest text, which is a path: `PATH_MAX` of `include/uapi/linux/limits.h`. */
const MAX_TEXT = 4096;

/**
 * The text that ends with a NUL byte at `pointer`. Offset 0 is an address like any other: in a module of C it holds a NUL byte, so that a null pointer is the empty
 * text.
 * @throws BpfError `EFAULT` when it leaves the memory, `ENAMETOOLONG`, `EILSEQ`
 */
export function readText(memory: GuestMemory, pointer: number, what: string): string {
  const start = pointer >>> 0;
  memory.check(start, 1, what);
  const room = Math.min(memory.size - start, MAX_TEXT);
  const length = memory.bytes(start, room, what).indexOf(0);
  if (length >= 0) return memory.text(start, length, what);
  throw room < MAX_TEXT
    ? bpfError("EFAULT", `${what} leaves the module's memory before its final NUL`)
    : bpfError("ENAMETOOLONG", `${what} has no NUL within ${MAX_TEXT} bytes`);
}
