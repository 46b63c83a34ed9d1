import type { BpfError } from "../../backend.js";
import type { NativeFailure, NativeMap, NativeProgram } from "../native.js";
import { bpfError } from "./errno.js";
export interface LoadFacts {
  object: string;
  maps: readonly NativeMap[];
  programs: readonly NativeProgram[];
}
export function explainLoad(failure: NativeFailure, facts: LoadFacts): BpfError {
  return bpfError(
    failure.errno,
    `LOAD ${facts.object}\nW: ${failure.warnings}\nV: ${failure.verifier}`,
  );
}
