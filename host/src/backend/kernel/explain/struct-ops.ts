import { release } from "node:os";
import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { explainCapabilities } from "./capabilities.js";
import { bpfError, errnoOf } from "./errno.js";
import { olderThan } from "./kernel-release.js";
import { lastWarning } from "./warnings.js";

/** `enum bpf_prog_type` of struct_ops programs. */
const STRUCT_OPS = 27;

/** The sentence for a struct_ops map that could not be registered. */
export function explainStructOps(
  { errno, warnings }: NativeFailure,
  map: string,
  loaded: boolean,
): BpfError {
  const { name, text } = errnoOf(errno);
  const why = !loaded
    ? "its object is not loaded"
    : olderThan("5.6")
      ? `this kernel is Linux ${release()}, and that needs 5.6 or newer`
      : name === "EEXIST"
        ? "the kernel has one of that name already"
        : name === "EPERM" || name === "EACCES"
          ? (explainCapabilities([STRUCT_OPS]) ?? text)
          : name === "EINVAL"
            ? "it is not a struct_ops map, or the kernel does not take what it says"
            : (lastWarning(warnings) ?? text);
  return bpfError(errno, `cannot register map '${map}' with the kernel: ${why} (${name})`, {
    ...(warnings !== "" && { detail: warnings.trim() }),
  });
}
