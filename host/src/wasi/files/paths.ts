import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from "node:fs";
import type { WasiContext, WasiImport } from "../context.js";
import { WasiErrno } from "../errno.js";
import {
  ALL_FD_FLAGS,
  OpenFlag,
  PRESTAT,
  RIGHT_READ,
  RIGHT_WRITE,
  SYMLINK_FOLLOW,
} from "./constants.js";
import type { GrantedFiles, Target } from "./directory.js";
import { FileFailure } from "./failure.js";
import { guardedAll } from "./guarded.js";
import { listDirectory } from "./listing.js";
import { openDirectory, openTarget } from "./open.js";
import { writeFileStat } from "./stat.js";
import { timesOf } from "./times.js";

/** As Linux's `PATH_MAX` (`include/uapi/linux/limits.h`). */
const PATH_MAX = 4096;
/** New directories get this, less the umask of this process. */
const DIRECTORY_MODE = 0o777;
const ALL_OPEN_FLAGS = 15;

/** `path_*`, `fd_readdir` and `fd_prestat_*`. No module makes links: another program might follow them out of what was granted. */
export function pathImports(context: WasiContext): Record<string, WasiImport> {
  const { memory, files } = context;

  const textOf = (pointer: number, length: number): string => {
    if (length >>> 0 >= PATH_MAX) throw new FileFailure(WasiErrno.nametoolong);
    const path = memory.text(pointer, length, "a path");
    if (path.includes("\0")) throw new FileFailure(WasiErrno.inval);
    return path;
  };

  /** Finds a path, does something there, and lets go of what was held open on the way. */
  const at = <T>(
    fd: number,
    pointer: number,
    length: number,
    follow: boolean,
    work: (target: Target | undefined) => T,
  ): T => {
    const { directory } = files.directory(fd);
    const target = directory.find(textOf(pointer, length), follow);
    try {
      return work(target);
    } finally {
      target?.place.close();
    }
  };

  /** The same for what changes the directory in which the name stands. */
  const change = (
    call: string,
    fd: number,
    pointer: number,
    length: number,
    work: (target: Target) => void,
  ): void =>
    at(fd, pointer, length, false, (target) => {
      if (target === undefined || target.alone) throw new FileFailure(WasiErrno.notcapable);
      if (target.access !== "write") throw new FileFailure(WasiErrno.rofs);
      if (target.place.name === ".") throw new FileFailure(WasiErrno.inval);
      context.mayUse(call, target.place.hostPath(), "write");
      work(target);
    });

  return guardedAll({
    path_open: (
      fd: number,
      lookup: number,
      pointer: number,
      length: number,
      how: number,
      rights: bigint,
      _inherited: bigint,
      flags: number,
      out: number,
    ) => {
      memory.check(out, 4, "the descriptor");
      if ((how & ~ALL_OPEN_FLAGS) !== 0 || (flags & ~ALL_FD_FLAGS) !== 0) {
        throw new FileFailure(WasiErrno.inval);
      }
      const exclusive = OpenFlag.creat | OpenFlag.excl;
      const follow = (lookup & SYMLINK_FOLLOW) !== 0 && (how & exclusive) !== exclusive;
      const opened = at(fd, pointer, length, follow, (target) => {
        if (target !== undefined) {
          const read = (rights & RIGHT_READ) !== 0n;
          const write = (rights & RIGHT_WRITE) !== 0n;
          const ask = (path: string, access: "read" | "write"): void =>
            context.mayUse("path_open", path, access);
          return openTarget(target, { how, flags, read, write, ask });
        }
        if ((how & (OpenFlag.creat | OpenFlag.trunc)) !== 0) throw new FileFailure(WasiErrno.isdir);
        return openDirectory((files.directory(fd).directory as GrantedFiles).again());
      });
      memory.setU32(out, files.add(opened), "the descriptor");
    },
    path_filestat_get: (
      fd: number,
      lookup: number,
      pointer: number,
      length: number,
      out: number,
    ) => {
      at(fd, pointer, length, (lookup & SYMLINK_FOLLOW) !== 0, (target) => {
        if (target === undefined) return writeFileStat(memory, out, undefined);
        const stat = lstatSync(target.place.path, { bigint: true });
        if (target.place.wantsDirectory && !stat.isDirectory()) {
          throw new FileFailure(WasiErrno.notdir);
        }
        writeFileStat(memory, out, stat);
      });
    },
    path_filestat_set_times: (
      fd: number,
      _lookup: number,
      pointer: number,
      length: number,
      atim: bigint,
      mtim: bigint,
      flags: number,
    ) => {
      at(fd, pointer, length, true, (target) => {
        if (target === undefined) throw new FileFailure(WasiErrno.notcapable);
        if (target.access !== "write") throw new FileFailure(WasiErrno.rofs);
        context.mayUse("path_filestat_set_times", target.place.hostPath(), "write");
        const stat = lstatSync(target.place.path, { bigint: true });
        const { atime, mtime } = timesOf(stat, atim, mtim, flags);
        lutimesSync(target.place.path, atime, mtime);
      });
    },
    path_create_directory: (fd: number, pointer: number, length: number) =>
      change("path_create_directory", fd, pointer, length, ({ place }) =>
        mkdirSync(place.path, DIRECTORY_MODE),
      ),
    path_remove_directory: (fd: number, pointer: number, length: number) =>
      change("path_remove_directory", fd, pointer, length, ({ place }) => rmdirSync(place.path)),
    path_unlink_file: (fd: number, pointer: number, length: number) =>
      change("path_unlink_file", fd, pointer, length, ({ place }) => {
        if (place.wantsDirectory) throw new FileFailure(WasiErrno.notdir);
        unlinkSync(place.path);
      }),
    path_rename: (
      fd: number,
      pointer: number,
      length: number,
      toFd: number,
      toPointer: number,
      toLength: number,
    ) =>
      change("path_rename", fd, pointer, length, (from) =>
        change("path_rename", toFd, toPointer, toLength, (to) =>
          renameSync(from.place.path, to.place.path),
        ),
      ),
    path_readlink: (
      fd: number,
      pointer: number,
      length: number,
      buffer: number,
      size: number,
      out: number,
    ) => {
      at(fd, pointer, length, false, (target) => {
        if (target === undefined || target.alone) throw new FileFailure(WasiErrno.inval);
        const bytes = memory.bytes(buffer, size, "path_readlink's buffer");
        const link = readlinkSync(target.place.path, { encoding: "buffer" }).subarray(
          0,
          size >>> 0,
        );
        memory.setU32(out, link.length, "the count of bytes");
        bytes.set(link);
      });
    },
    fd_readdir: (fd: number, buffer: number, size: number, cookie: bigint, out: number) => {
      memory.check(out, 4, "the count of bytes");
      const filled = listDirectory(
        memory,
        files.directory(fd),
        buffer,
        size >>> 0,
        BigInt.asUintN(64, cookie),
      );
      memory.setU32(out, filled, "the count of bytes");
    },
    fd_prestat_get: (fd: number, out: number) => {
      const name = grantedName(fd);
      memory.bytes(out, PRESTAT, "the granted directory").fill(0);
      memory.setU32((out >>> 0) + 4, name.length, "the granted directory");
    },
    fd_prestat_dir_name: (fd: number, pointer: number, length: number) => {
      const name = grantedName(fd);
      if (length >>> 0 < name.length) throw new FileFailure(WasiErrno.nametoolong);
      memory.bytes(pointer, name.length, "the granted directory's name").set(name);
    },
  });

  /** Libraries ask one descriptor after the other until this is `badf`. */
  function grantedName(fd: number): Uint8Array {
    const found = files.get(fd);
    if (found.kind !== "directory" || found.granted === undefined) {
      throw new FileFailure(WasiErrno.badf);
    }
    return Buffer.from(found.granted);
  }
}
