import { lstatSync } from "node:fs";
import type { GuestMemory } from "../../memory/guest-memory.js";
import { DIRENT, FileType } from "./constants.js";
import { fileType } from "./stat.js";
import type { OpenDirectory } from "./table.js";

/**
 * Fills a range with entries of a directory, from number `cookie` on, as `fd_readdir` wants it: the last one is cut where the range ends, and a range that is full means that there
 * may be more. The names are read when it is listed from its beginning.
 *
 * @returns bytes that were filled
 */
export function listDirectory(
  memory: GuestMemory,
  open: OpenDirectory,
  pointer: number,
  length: number,
  cookie: bigint,
): number {
  const target = memory.bytes(pointer, length, "fd_readdir's buffer");
  if (cookie === 0n || open.names === undefined) {
    open.names = [Buffer.from("."), Buffer.from(".."), ...open.directory.names()];
  }
  let filled = 0;
  for (let at = cookie; at < BigInt(open.names.length) && filled < length; at++) {
    const entry = direntOf(open, open.names[Number(at)] as Uint8Array, at + 1n);
    const part = entry.subarray(0, length - filled);
    target.set(part, filled);
    filled += part.length;
  }
  return filled;
}

function direntOf(open: OpenDirectory, name: Uint8Array, next: bigint): Uint8Array {
  const { ino, type } = identify(open, name);
  const bytes = new Uint8Array(DIRENT + name.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, next, true);
  view.setBigUint64(8, ino, true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, type);
  bytes.set(name, DIRENT);
  return bytes;
}

/** What an entry is. One that is gone meanwhile, or whose name is no text, is of unknown type. */
function identify(open: OpenDirectory, name: Uint8Array): { ino: bigint; type: number } {
  const text = Buffer.from(name).toString("utf8");
  if (text === "." || text === "..") return { ino: 0n, type: FileType.directory };
  try {
    const target = open.directory.find(text, false);
    if (target === undefined) return { ino: 0n, type: FileType.directory };
    try {
      const stat = lstatSync(target.place.path, { bigint: true });
      return { ino: stat.ino, type: fileType(stat) };
    } finally {
      target.place.close();
    }
  } catch {
    return { ino: 0n, type: FileType.unknown };
  }
}
