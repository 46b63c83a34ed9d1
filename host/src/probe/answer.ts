import { errnoOf } from "../backend/kernel/explain/errno.js";

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

/** The errno of a negative result in words, such as `"operation not permitted (EPERM)"`. */
export function errnoText(error: number): string {
  const { name, text } = errnoOf(-error);
  return `${text} (${name})`;
}

/** Negative errnos that probes tell apart: errno(3), and `include/linux/errno.h` for the last. */
export const EPERM = -1;
export const E2BIG = -7;
export const EBUSY = -16;
export const EINVAL = -22;
export const ENOTSUPP = -524;
