import { statfsSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { bpfError, errnoOf } from "./errno.js";

/** `BPF_FS_MAGIC` of `include/uapi/linux/magic.h`. */
const BPF_FS_MAGIC = 0xcafe4a11;

/** The sentence for something that could not be pinned at a path, or taken from there. */
export function explainPin(
  { errno, message }: Pick<NativeFailure, "errno" | "message">,
  what: string,
  path: string,
): BpfError {
  const { name, text } = errnoOf(errno);
  const tried =
    message === "unpin"
      ? `cannot take away the pin of ${what} at '${path}'`
      : message === "reuse"
        ? `cannot use the map at '${path}' as ${what}`
        : `cannot pin ${what} at '${path}'`;
  return bpfError(errno, `${tried}: ${reason(name, message, path) ?? text} (${name})`);
}

function reason(name: string, step: string, path: string): string | undefined {
  switch (name) {
    case "EOPNOTSUPP":
      return "the kernel has no link for it, it is held in another way";
    case "EBUSY":
      return "its object is loaded already; choose the map before";
    case "EEXIST":
      return "something is pinned there already";
    case "ENOENT":
      return step === "reuse"
        ? "nothing is pinned there"
        : (outside(path) ?? "there is no such folder, or nothing is pinned there");
    case "EINVAL":
      if (step === "reuse") return "what is pinned there is no map, or one of another type or size";
      return outside(path);
    case "EPERM":
    case "EACCES":
      if (outside(path) !== undefined) return outside(path);
      return path.slice(path.lastIndexOf("/")).includes(".")
        ? "a name in a BPF file system has no dot"
        : undefined;
    case "EBADF":
      return "its object is not loaded";
    default:
      return undefined;
  }
}

/** The sentence for a pinned link that could not be opened. */
export function explainOpenLink(errno: number, what: string): BpfError {
  const { name, text } = errnoOf(errno);
  const why =
    name === "ENOENT" ? "nothing is pinned there" : name === "EINVAL" ? "it is no link" : text;
  return bpfError(errno, `cannot open ${what}: ${why} (${name})`);
}

/** @throws BpfError `EPERM` unless the path lies in a BPF file system: libbpf makes folders before it looks */
export function checkPinPath(what: string, path: string): void {
  const why = isAbsolute(path) ? outside(path) : "a pin's path is absolute";
  if (why !== undefined) throw bpfError(1, `cannot pin ${what} at '${path}': ${why} (EPERM)`);
}

function outside(path: string): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      return statfsSync(folder).type === BPF_FS_MAGIC
        ? undefined
        : "that is not in a BPF file system; /sys/fs/bpf is one (`mount -t bpf bpf /sys/fs/bpf`)";
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}
