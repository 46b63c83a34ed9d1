import type { BpfError } from "../../backend.js";
import { bpfError } from "./errno.js";

const EOPNOTSUPP = 95;

/** The sentence for an object with an arena at an address of its own choice, which would be one of the host's memory. */
export function explainArena(object: string): BpfError {
  return bpfError(
    EOPNOTSUPP,
    `cannot load BPF object '${object}': it has an arena at a fixed address (map_extra), which would lie in the host's own memory; leave map_extra out (EOPNOTSUPP)`,
  );
}
