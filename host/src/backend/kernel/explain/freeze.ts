import type { BpfError } from "../../backend.js";
import { bpfError, errnoOf } from "./errno.js";

/** The sentence for a map that could not be frozen. */
export function explainFreeze(errno: number, map: string): BpfError {
  const { name, text } = errnoOf(errno);
  const why = (() => {
    switch (name) {
      case "EBADF":
        return "its object is not loaded";
      case "EBUSY":
        return "it is frozen already, or mapped into memory to be written, as a live map is";
      case "EINVAL":
        return "this kernel is older than Linux 5.2";
      case "ENOTSUPP":
        return "maps of its type cannot be frozen";
      default:
        return text;
    }
  })();
  return bpfError(errno, `cannot freeze map '${map}': ${why} (${name})`);
}
