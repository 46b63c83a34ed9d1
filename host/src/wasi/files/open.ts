import { closeSync, constants, openSync, readlinkSync } from "node:fs";
import type { FileAccess } from "../../policy/model/document.js";
import { WasiErrno } from "../errno.js";
import { FdFlag, OpenFlag } from "./constants.js";
import { type GuestDirectory, HostDirectory, type Target } from "./directory.js";
import { FileFailure } from "./failure.js";
import { statOf } from "./stat.js";
import type { OpenDirectory, OpenFile } from "./table.js";
import { O_PATH } from "./walk.js";

/** What `path_open` was asked for. */
export interface OpenRequest {
  /** `oflags`. */
  readonly how: number;
  /** `fdflags`. */
  readonly flags: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Asked once it is known which file it is, before it is opened: the host's path. Throws what refuses it. */
  readonly ask: (path: string, access: FileAccess) => void;
}

/** New files get this, less the umask of this process. */
const MODE = 0o666;
/** How often a file may come and go between two looks at it. */
const ATTEMPTS = 4;

/**
 * Opens what a path leads to. What is there is looked at first through a descriptor that opens nothing (`O_PATH`), since opening a device or a FIFO does something or waits; only regular
 * files and directories are opened, and it is the one that was looked at.
 *
 * @throws FileFailure, or Node's error of a system call
 */
export function openTarget(target: Target, request: OpenRequest): OpenFile | OpenDirectory {
  const { place } = target;
  const create = (request.how & OpenFlag.creat) !== 0;
  for (let attempt = 0; ; attempt++) {
    let found: number;
    try {
      found = openSync(place.path, O_PATH | constants.O_NOFOLLOW);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !create) throw error;
      const made = createFile(target, request);
      if (made !== undefined) return made;
      if (attempt === ATTEMPTS) throw error;
      continue;
    }
    return openFound(found, target, request);
  }
}

/** @returns `undefined` if somebody else was faster */
function createFile(target: Target, request: OpenRequest): OpenFile | undefined {
  const { place, access } = target;
  if ((request.how & OpenFlag.directory) !== 0) throw new FileFailure(WasiErrno.inval);
  if (place.wantsDirectory) throw new FileFailure(WasiErrno.isdir);
  if (access !== "write") throw new FileFailure(WasiErrno.rofs);
  request.ask(place.hostPath(), "write");
  try {
    const fd = openSync(place.path, constants.O_CREAT | constants.O_EXCL | modeOf(request), MODE);
    return openFile(fd, request);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

/** @param found a descriptor with `O_PATH`, closed here or kept in the result */
function openFound(found: number, target: Target, request: OpenRequest): OpenFile | OpenDirectory {
  let keep = false;
  try {
    const { how } = request;
    if ((how & OpenFlag.creat) !== 0 && (how & OpenFlag.excl) !== 0) {
      throw new FileFailure(WasiErrno.exist);
    }
    const stat = statOf(found);
    if (stat.isSymbolicLink()) throw new FileFailure(WasiErrno.loop);
    if (stat.isDirectory()) {
      if (target.alone) throw new FileFailure(WasiErrno.notcapable);
      if ((how & (OpenFlag.creat | OpenFlag.trunc)) !== 0) throw new FileFailure(WasiErrno.isdir);
      if (request.write && (how & OpenFlag.directory) === 0) throw new FileFailure(WasiErrno.isdir);
      request.ask(readlinkSync(`/proc/self/fd/${found}`), "read");
      keep = true;
      return openDirectory(new HostDirectory(found, target.access));
    }
    if ((how & OpenFlag.directory) !== 0 || target.place.wantsDirectory) {
      throw new FileFailure(WasiErrno.notdir);
    }
    if (!stat.isFile()) throw new FileFailure(WasiErrno.notcapable);
    const writes = request.write || (how & OpenFlag.trunc) !== 0;
    if (writes && target.access !== "write") throw new FileFailure(WasiErrno.rofs);
    request.ask(readlinkSync(`/proc/self/fd/${found}`), writes ? "write" : "read");
    const truncate = (how & OpenFlag.trunc) !== 0 ? constants.O_TRUNC : 0;
    return openFile(openSync(`/proc/self/fd/${found}`, modeOf(request) | truncate), request);
  } finally {
    if (!keep) closeSync(found);
  }
}

/** Linux's flags. A file is opened for what was asked; what asks for nothing may look at its state. */
function modeOf({ read, write, flags }: OpenRequest): number {
  const mode = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  return mode | flagsOf(flags) | constants.O_NOCTTY;
}

/** `fdflags` as Linux has them. */
export function flagsOf(flags: number): number {
  return (
    ((flags & FdFlag.append) !== 0 ? constants.O_APPEND : 0) |
    ((flags & FdFlag.dsync) !== 0 ? constants.O_DSYNC : 0) |
    ((flags & (FdFlag.sync | FdFlag.rsync)) !== 0 ? constants.O_SYNC : 0)
  );
}

function openFile(fd: number, { read, write, flags }: OpenRequest): OpenFile {
  return { kind: "file", fd, position: 0, readable: read, writable: write, flags };
}

/** @param directory its own to close */
export function openDirectory(directory: GuestDirectory, granted?: string): OpenDirectory {
  return { kind: "directory", directory, granted, names: undefined };
}
