import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import type { GuestMemory } from "../../memory/guest-memory.js";
import type { WasiContext, WasiImport } from "../context.js";
import { WasiErrno } from "../errno.js";
import { type Range, readVectors } from "../vectors.js";
import { ALL_FD_FLAGS, FdFlag } from "./constants.js";
import { FileFailure } from "./failure.js";
import { guardedAll } from "./guarded.js";
import { flagsOf } from "./open.js";
import { statOf } from "./stat.js";
import type { OpenFile } from "./table.js";
import { timesOf } from "./times.js";

/** `whence` of WASI preview 1. */
const SET = 0;
const CUR = 1;
const END = 2;

/** Reads into ranges of the module's memory, where the bytes land without a copy between. @returns bytes read */
export function readFile(
  memory: GuestMemory,
  file: OpenFile,
  ranges: readonly Range[],
  position: number,
): number {
  if (!file.readable) throw new FileFailure(WasiErrno.badf);
  let total = 0;
  for (const { pointer, length } of ranges) {
    if (length === 0) continue;
    const bytes = memory.bytes(pointer, length, "a range");
    const count = attempt(total, () => readSync(file.fd, bytes, 0, length, position + total));
    total += count;
    if (count < length) break;
  }
  return total;
}

/** @param position `undefined`: at the end, for a file that is appended to. @returns bytes written */
export function writeFile(
  memory: GuestMemory,
  file: OpenFile,
  ranges: readonly Range[],
  position: number | undefined,
): number {
  if (!file.writable) throw new FileFailure(WasiErrno.badf);
  let total = 0;
  for (const { pointer, length } of ranges) {
    if (length === 0) continue;
    const bytes = memory.bytes(pointer, length, "a range");
    const at = position === undefined ? null : position + total;
    const count = attempt(total, () => writeSync(file.fd, bytes, 0, length, at));
    total += count;
    if (count < length) break;
  }
  return total;
}

/** A failure after the first bytes is told by their count, and by the next call. */
function attempt(before: number, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (before === 0) throw error;
    return 0;
  }
}

/** `fd_read` of a file. */
export function readOn(memory: GuestMemory, file: OpenFile, ranges: readonly Range[]): number {
  const count = readFile(memory, file, ranges, file.position);
  file.position += count;
  return count;
}

/** `fd_write` of a file. */
export function writeOn(memory: GuestMemory, file: OpenFile, ranges: readonly Range[]): number {
  const append = (file.flags & FdFlag.append) !== 0;
  const count = writeFile(memory, file, ranges, append ? undefined : file.position);
  file.position = append ? Number(statOf(file.fd).size) : file.position + count;
  return count;
}

/** A number of bytes from the module that a file can have. */
function offset(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FileFailure(WasiErrno.inval);
  return Number(value);
}

/** What `fd_*` does to files besides reading and writing on. */
export function fileImports({ memory, files }: WasiContext): Record<string, WasiImport> {
  const writable = (fd: number): OpenFile => {
    const file = files.file(fd);
    if (!file.writable) throw new FileFailure(WasiErrno.badf);
    return file;
  };
  return guardedAll({
    fd_pread: (fd: number, list: number, count: number, at: bigint, out: number) => {
      const file = files.file(fd);
      memory.check(out, 4, "the count of bytes");
      const ranges = readVectors(memory, list, count);
      memory.setU32(out, readFile(memory, file, ranges, offset(at)), "the count of bytes");
    },
    fd_pwrite: (fd: number, list: number, count: number, at: bigint, out: number) => {
      const file = files.file(fd);
      memory.check(out, 4, "the count of bytes");
      const ranges = readVectors(memory, list, count);
      memory.setU32(out, writeFile(memory, file, ranges, offset(at)), "the count of bytes");
    },
    fd_seek: (fd: number, by: bigint, whence: number, out: number) => {
      const file = files.file(fd);
      memory.check(out, 8, "the position");
      if (whence !== SET && whence !== CUR && whence !== END) {
        throw new FileFailure(WasiErrno.inval);
      }
      const from =
        whence === SET ? 0n : whence === CUR ? BigInt(file.position) : statOf(file.fd).size;
      file.position = offset(from + by);
      memory.setU64(out, BigInt(file.position), "the position");
    },
    fd_tell: (fd: number, out: number) => {
      memory.setU64(out, BigInt(files.file(fd).position), "the position");
    },
    fd_sync: (fd: number) => fsyncSync(files.file(fd).fd),
    fd_datasync: (fd: number) => fdatasyncSync(files.file(fd).fd),
    fd_advise: (fd: number) => void files.file(fd),
    fd_filestat_set_size: (fd: number, size: bigint) => {
      ftruncateSync(writable(fd).fd, offset(size));
    },
    fd_filestat_set_times: (fd: number, atim: bigint, mtim: bigint, flags: number) => {
      const file = writable(fd);
      const { atime, mtime } = timesOf(statOf(file.fd), atim, mtim, flags);
      futimesSync(file.fd, atime, mtime);
    },
    fd_fdstat_set_flags: (fd: number, flags: number) => {
      if ((flags & ~ALL_FD_FLAGS) !== 0) throw new FileFailure(WasiErrno.inval);
      const file = files.file(fd);
      // Linux's fcntl is out of Node's reach: the same file is opened again, with the flags that it gets, and takes the old one's place.
      const mode = file.writable ? (file.readable ? 2 : 1) : 0;
      const again = openSync(`/proc/self/fd/${file.fd}`, mode | flagsOf(flags));
      closeSync(file.fd);
      file.fd = again;
      file.flags = flags;
    },
  });
}
