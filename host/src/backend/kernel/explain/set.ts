import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { bpfError, errnoOf } from "./errno.js";
import { lastWarning } from "./warnings.js";

/** The sentence for a property that could not be set. */
export function explainSet(
  { errno, warnings }: NativeFailure,
  what: string,
  property: string,
  value: number | bigint | string,
): BpfError {
  const { name, text } = errnoOf(errno);
  const why =
    name === "EBUSY"
      ? "its object is loaded already; set it before"
      : name === "EBADF"
        ? "its object was closed"
        : (lastWarning(warnings) ?? (name === "EINVAL" ? "libbpf does not take that" : text));
  return bpfError(
    errno,
    `cannot set ${property} of ${what} to ${value}: ${why} (${name})`,
    warnings === "" ? {} : { detail: warnings.trim() },
  );
}
