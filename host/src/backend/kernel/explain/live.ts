import type { BpfError } from "../../backend.js";
import { bpfError, errnoOf } from "./errno.js";

/** Why a map's memory cannot be the module's own: see host/addon/src/live.h for the errnos. */
export function explainLive(errno: number, map: string): BpfError {
  return bpfError(
    errno,
    `cannot map '${map}' into the module's memory: ${reason(errno)}`,
    // What the user sees with --verbose: the module goes on without.
    LASTING.has(errnoOf(errno).name)
      ? { detail: "A module that can do without it reaches the map by calls of the kernel." }
      : {},
  );
}

/** Failures that are not the module's fault. */
const LASTING = new Set(["EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EPERM", "ENOMEM", "EACCES"]);

function reason(errno: number): string {
  const { name, text } = errnoOf(errno);
  switch (name) {
    case "EINVAL":
      return "it is no array, or the address is not a multiple of the page size";
    case "EOPNOTSUPP":
    case "ENOTSUP":
      return "it was not created with BPF_F_MMAPABLE, which needs Linux 5.5";
    case "EROFS":
      return "BPF programs may not write it, so nobody may map it for writing";
    case "ENOSYS":
      return "memory.grow may move this memory, because the address space is limited (ulimit -v) or the engine reserves too little of it";
    case "EPERM":
      return "it is frozen";
    case "EFAULT":
      return "the range lies outside the memory";
    case "EBUSY":
      return "another map is there already";
    case "EALREADY":
      return "it is mapped already";
    case "EBADF":
      return "its object is not loaded";
    default:
      return `${text} (${name})`;
  }
}
