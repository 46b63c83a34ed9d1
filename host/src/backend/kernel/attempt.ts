import type { BpfError } from "../backend.js";
import { explainLibrary } from "./explain/library.js";
import { isMissingLibbpf, isNativeFailure, type NativeFailure } from "./native.js";

/** Calls into the addon, and turns the facts of a failure into a sentence. */
export function attempt<T>(call: () => T, explain: (failure: NativeFailure) => BpfError): T {
  try {
    return call();
  } catch (error) {
    if (isMissingLibbpf(error)) throw explainLibrary(error);
    if (isNativeFailure(error)) throw explain(error);
    throw error;
  }
}
