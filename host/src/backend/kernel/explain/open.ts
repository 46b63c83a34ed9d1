import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { bpfError, errnoOf } from "./errno.js";
import { lastWarning } from "./warnings.js";

const EINVAL = 22;

/** The sentence for an object that libbpf could not open. Whatever libbpf calls the error, the object is what is wrong: `EINVAL`. */
export function explainOpen(failure: NativeFailure, name: string): BpfError {
  const { errno, warnings } = failure;
  const { text, name: code } = errnoOf(errno);
  const ours = code === "ENOMEM" || code === "EBADF";
  return bpfError(
    ours ? errno : EINVAL,
    `cannot open BPF object '${name}': ${causeOf(warnings) ?? text}`,
    warnings === "" ? {} : { detail: warnings.trim() },
  );
}

function causeOf(warnings: string): string | undefined {
  if (/BTF is required, but is missing or corrupted/.test(warnings)) {
    return "it has no BTF, or none that libbpf can read: compile it with `clang -g`";
  }
  if (/legacy map definitions/.test(warnings)) {
    return 'it defines maps in the old way, SEC("maps"): libbpf 1.0 needs SEC(".maps")';
  }
  const last = lastWarning(warnings);
  return last === undefined ? undefined : `libbpf says: ${last}`;
}
