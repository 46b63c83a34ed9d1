import { explainCapabilities } from "../backend/kernel/explain/capabilities.js";

/** What the kernel said when it was asked for something. */
export type Answer =
  /** It did it. */
  | { readonly state: "yes" }
  /** It cannot. `why` ends a sentence; `remedy`, if there is one, is what to do. */
  | { readonly state: "no"; readonly why: string; readonly remedy?: string }
  /** It did not let us find out. */
  | { readonly state: "unknown"; readonly why: string; readonly remedy?: string };

export const YES: Answer = { state: "yes" };

export const no = (why: string, remedy?: string): Answer => ({
  state: "no",
  why,
  ...(remedy === undefined ? {} : { remedy }),
});

export const unknown = (why: string, remedy?: string): Answer => ({
  state: "unknown",
  why,
  ...(remedy === undefined ? {} : { remedy }),
});

/** What EPERM means: this process may not ask, or nobody may. @param programType `enum bpf_prog_type` of what was refused, if it was a program */
export function refused(programType?: number): Answer {
  const lacks = explainCapabilities(programType === undefined ? [] : [programType]);
  return lacks === undefined ? no("this kernel refuses it, even to root (EPERM)") : unknown(lacks);
}

/** Negative errnos that probes tell apart: errno(3), and `include/linux/errno.h` for the last. */
export const EPERM = -1;
export const ENOTSUPP = -524;
