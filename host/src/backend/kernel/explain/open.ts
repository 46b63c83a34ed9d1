import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { bpfError } from "./errno.js";
export function explainOpen(failure: NativeFailure, name: string): BpfError {
  return bpfError(failure.errno, `OPEN ${name}\n${failure.warnings}`);
}
