import type { WasiContext, WasiImport } from "./context.js";
import { fromLinux, WasiErrno, wasiResult } from "./errno.js";

const STDIN = 0;
/** As Linux's `IOV_MAX` (`include/uapi/linux/uio.h`, UIO_MAXIOV). */
const MAX_VECTORS = 1024;
/** `filetype` of WASI preview 1. */
const CHARACTER_DEVICE = 2;
/** `rights` of WASI preview 1. */
const RIGHT_FD_READ = 1n << 1n;
const RIGHT_FD_WRITE = 1n << 6n;
/** Bytes of an `fdstat`. */
const FDSTAT = 24;

/** `fd_*` of the three standard descriptors; there are no others. */
export function descriptorImports(context: WasiContext): Record<string, WasiImport> {
  const { memory, output } = context;
  const open = new Set([0, 1, 2]);

  /** Checks everything before the first byte is written. */
  const readVectors = (list: number, count: number): number[] => {
    memory.check(list, 8 * count, "the list of ranges");
    const ranges: number[] = [];
    for (let i = 0; i < count; i++) {
      const entry = (list >>> 0) + 8 * i;
      const pointer = memory.getU32(entry, "a range");
      const length = memory.getU32(entry + 4, "a range");
      memory.check(pointer, length, "a range");
      ranges.push(pointer, length);
    }
    return ranges;
  };

  const writeAll = (fd: number, ranges: readonly number[], out: number): number => {
    let total = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const length = ranges[i + 1] ?? 0;
      if (length === 0) continue;
      const result = output.write(fd, ranges[i] ?? 0, length);
      if (result < 0 && total === 0) return fromLinux(-result);
      if (result < 0) break;
      total += result;
      if (result < length) break;
    }
    memory.setU32(out, total, "the count of bytes");
    return WasiErrno.success;
  };

  return {
    fd_write: (fd: number, list: number, count: number, out: number) => {
      try {
        if (!open.has(fd) || fd === STDIN) return WasiErrno.badf;
        if (count >>> 0 > MAX_VECTORS) return WasiErrno.inval;
        memory.check(out, 4, "the count of bytes");
        return writeAll(fd, readVectors(list, count), out);
      } catch (error) {
        return wasiResult("fd_write", error);
      }
    },
    fd_read: (fd: number, list: number, count: number, out: number) => {
      try {
        if (!open.has(fd) || fd !== STDIN) return WasiErrno.badf;
        if (count >>> 0 > MAX_VECTORS) return WasiErrno.inval;
        readVectors(list, count);
        memory.setU32(out, 0, "the count of bytes");
        return WasiErrno.success;
      } catch (error) {
        return wasiResult("fd_read", error);
      }
    },
    fd_fdstat_get: (fd: number, out: number) => {
      try {
        if (!open.has(fd)) return WasiErrno.badf;
        memory.bytes(out, FDSTAT, "the descriptor's state").fill(0);
        memory.setU8(out, CHARACTER_DEVICE, "the descriptor's state");
        const rights = fd === STDIN ? RIGHT_FD_READ : RIGHT_FD_WRITE;
        memory.setU64((out >>> 0) + 8, rights, "the descriptor's state");
        return WasiErrno.success;
      } catch (error) {
        return wasiResult("fd_fdstat_get", error);
      }
    },
    fd_close: (fd: number) => (open.delete(fd) ? WasiErrno.success : WasiErrno.badf),
    fd_seek: (fd: number) => (open.has(fd) ? WasiErrno.spipe : WasiErrno.badf),
    fd_prestat_get: () => WasiErrno.badf,
    fd_prestat_dir_name: () => WasiErrno.badf,
  };
}
