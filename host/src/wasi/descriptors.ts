import type { WasiContext, WasiImport } from "./context.js";
import { fromLinux, WasiErrno } from "./errno.js";
import {
  DIRECTORY_RIGHTS,
  FDSTAT,
  FILE_RIGHTS,
  FileType,
  RIGHT_READ,
  RIGHT_WRITE,
} from "./files/constants.js";
import { readOn, writeOn } from "./files/data.js";
import { FileFailure } from "./files/failure.js";
import { guardedAll } from "./files/guarded.js";
import { statOf, writeFileStat } from "./files/stat.js";
import type { Descriptor } from "./files/table.js";
import { type Range, readVectors } from "./vectors.js";

/** What every descriptor answers, standard streams too. */
export function descriptorImports(context: WasiContext): Record<string, WasiImport> {
  const { memory, files, output } = context;

  const writeAll = (number: 1 | 2, ranges: readonly Range[]): number => {
    let total = 0;
    for (const { pointer, length } of ranges) {
      if (length === 0) continue;
      const result = output.write(number, pointer, length);
      if (result < 0 && total === 0) throw new FileFailure(fromLinux(-result));
      if (result < 0) break;
      total += result;
      if (result < length) break;
    }
    return total;
  };

  return guardedAll({
    fd_write: (fd: number, list: number, count: number, out: number) => {
      const to = files.get(fd);
      if (to.kind === "directory" || (to.kind === "stream" && to.number === 0)) {
        throw new FileFailure(WasiErrno.badf);
      }
      memory.check(out, 4, "the count of bytes");
      const ranges = readVectors(memory, list, count);
      const written =
        to.kind === "file" ? writeOn(memory, to, ranges) : writeAll(to.number as 1 | 2, ranges);
      memory.setU32(out, written, "the count of bytes");
    },
    fd_read: (fd: number, list: number, count: number, out: number) => {
      const from = files.get(fd);
      if (from.kind === "directory") throw new FileFailure(WasiErrno.isdir);
      if (from.kind === "stream" && from.number !== 0) throw new FileFailure(WasiErrno.badf);
      memory.check(out, 4, "the count of bytes");
      const ranges = readVectors(memory, list, count);
      // Standard input is at its end.
      const read = from.kind === "file" ? readOn(memory, from, ranges) : 0;
      memory.setU32(out, read, "the count of bytes");
    },
    fd_fdstat_get: (fd: number, out: number) => {
      const { type, flags, rights, inherited } = describe(files.get(fd));
      memory.bytes(out, FDSTAT, "the descriptor's state").fill(0);
      const at = out >>> 0;
      memory.setU8(at, type, "the descriptor's state");
      memory.setU8(at + 2, flags, "the descriptor's state");
      memory.setU64(at + 8, rights, "the descriptor's state");
      memory.setU64(at + 16, inherited, "the descriptor's state");
    },
    fd_filestat_get: (fd: number, out: number) => {
      const found = files.get(fd);
      if (found.kind === "file") return writeFileStat(memory, out, statOf(found.fd));
      if (found.kind === "stream") {
        return writeFileStat(memory, out, undefined, FileType.character);
      }
      writeFileStat(memory, out, found.directory.stat());
    },
    fd_close: (fd: number) => files.close(fd),
    fd_renumber: (from: number, to: number) => files.renumber(from, to),
  });
}

function describe(descriptor: Descriptor) {
  if (descriptor.kind === "stream") {
    const rights = descriptor.number === 0 ? RIGHT_READ : RIGHT_WRITE;
    return { type: FileType.character, flags: 0, rights, inherited: 0n };
  }
  if (descriptor.kind === "directory") {
    // A library asks for no more than this when it opens something below; a grant to read is told by the open itself, whose answer is clearer.
    const inherited = DIRECTORY_RIGHTS | FILE_RIGHTS | RIGHT_READ | RIGHT_WRITE;
    return { type: FileType.directory, flags: 0, rights: DIRECTORY_RIGHTS, inherited };
  }
  const { readable, writable, flags } = descriptor;
  const rights = FILE_RIGHTS | (readable ? RIGHT_READ : 0n) | (writable ? RIGHT_WRITE : 0n);
  return { type: FileType.regular, flags, rights, inherited: 0n };
}
