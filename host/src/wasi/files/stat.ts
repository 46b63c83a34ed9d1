import { type BigIntStats, fstatSync } from "node:fs";
import type { GuestMemory } from "../../memory/guest-memory.js";
import { FILESTAT, FileType } from "./constants.js";

/** The part of Node's stat that a `filetype` is made of. */
type Typed = Pick<
  BigIntStats,
  "isBlockDevice" | "isCharacterDevice" | "isDirectory" | "isFile" | "isSocket" | "isSymbolicLink"
>;

/** `filetype` of WASI preview 1. */
export function fileType(stat: Typed): number {
  if (stat.isFile()) return FileType.regular;
  if (stat.isDirectory()) return FileType.directory;
  if (stat.isSymbolicLink()) return FileType.link;
  if (stat.isCharacterDevice()) return FileType.character;
  if (stat.isBlockDevice()) return FileType.block;
  return stat.isSocket() ? FileType.socket : FileType.unknown;
}

/** Writes a `filestat`. `undefined` is a directory that is nowhere on the host. */
export function writeFileStat(
  memory: GuestMemory,
  out: number,
  stat: BigIntStats | undefined,
  type = stat === undefined ? FileType.directory : fileType(stat),
): void {
  const bytes = memory.bytes(out, FILESTAT, "the file's state").fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, FILESTAT);
  view.setUint8(16, type);
  view.setBigUint64(24, stat?.nlink ?? 1n, true);
  if (stat === undefined) return;
  view.setBigUint64(0, stat.dev, true);
  view.setBigUint64(8, stat.ino, true);
  view.setBigUint64(32, stat.size, true);
  view.setBigUint64(40, stat.atimeNs, true);
  view.setBigUint64(48, stat.mtimeNs, true);
  view.setBigUint64(56, stat.ctimeNs, true);
}

/** The state of an open file. */
export const statOf = (fd: number): BigIntStats => fstatSync(fd, { bigint: true });
