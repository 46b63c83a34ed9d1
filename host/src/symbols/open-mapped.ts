import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import type { Mapping } from "./mappings.js";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** `O_PATH` of `include/uapi/asm-generic/fcntl.h`. */
const O_PATH = 0o10000000;

/** A file that was opened, to be closed by the caller. */
export interface OpenedFile {
  readonly fd: number;
  readonly status: Stats;
}

/**
 * Opens the file behind a mapping of a process: the very one, where the kernel lets this process have it (CAP_CHECKPOINT_RESTORE, or CAP_SYS_ADMIN), or what has its
 * path now below the process's own root. No symbolic link is followed there: the path was one without links when the file was mapped, and one that came since could lead out of
 * that root, into the host's files.
 *
 * @returns `undefined` when it cannot be opened, or is no regular file
 */
export function openMapped(pid: number, mapping: Mapping): OpenedFile | undefined {
  const fd = openExact(pid, mapping) ?? openByPath(pid, mapping.path);
  if (fd === undefined) return undefined;
  const status = fstatSync(fd);
  if (status.isFile()) return { fd, status };
  closeSync(fd);
  return undefined;
}

function openExact(pid: number, { range }: Mapping): number | undefined {
  try {
    return openSync(`/proc/${pid}/map_files/${range}`, O_RDONLY | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** As above, by path. */
export function openByPath(pid: number, path: string): number | undefined {
  let root: number | undefined;
  try {
    root = openSync(`/proc/${pid}/root`, O_PATH | O_DIRECTORY);
    return openBelow(root, path);
  } catch {
    return undefined;
  } finally {
    if (root !== undefined) closeSync(root);
  }
}

/** A link on the way is refused by the open that meets it. */
function openBelow(root: number, path: string): number {
  const names = path.split("/").filter((name) => name !== "");
  if (names.includes("..") || names.length === 0) throw new Error("not a path of a mapping");
  let at = root;
  try {
    for (const [i, name] of names.entries()) {
      const last = i === names.length - 1;
      const flags = last ? O_RDONLY | O_NONBLOCK | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW;
      const next = openSync(`/proc/self/fd/${at}/${name}`, flags);
      if (at !== root) closeSync(at);
      at = next;
    }
    return at;
  } catch (error) {
    if (at !== root) closeSync(at);
    throw error;
  }
}
