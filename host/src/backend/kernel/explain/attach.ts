import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { bpfError } from "./errno.js";
export function explainAttach(
  failure: NativeFailure,
  program: { name: string; section: string },
): BpfError {
  return bpfError(failure.errno, `ATTACH ${program.name}\nW: ${failure.warnings}`);
}
