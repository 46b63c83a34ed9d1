import type { GuestMemory } from "../memory/guest-memory.js";
import { WasiErrno } from "./errno.js";
import { FileFailure } from "./files/failure.js";

/** As Linux's `IOV_MAX` (`include/uapi/linux/uio.h`, UIO_MAXIOV). */
const MAX_VECTORS = 1024;

/** A range of the module's memory. */
export interface Range {
  readonly pointer: number;
  readonly length: number;
}

/** The ranges of an `iovec` list. Everything is checked before the first byte is moved. */
export function readVectors(memory: GuestMemory, list: number, count: number): Range[] {
  if (count >>> 0 > MAX_VECTORS) throw new FileFailure(WasiErrno.inval);
  memory.check(list, 8 * count, "the list of ranges");
  const ranges: Range[] = [];
  for (let i = 0; i < count; i++) {
    const entry = (list >>> 0) + 8 * i;
    const pointer = memory.getU32(entry, "a range");
    const length = memory.getU32(entry + 4, "a range");
    memory.check(pointer, length, "a range");
    ranges.push({ pointer, length });
  }
  return ranges;
}
