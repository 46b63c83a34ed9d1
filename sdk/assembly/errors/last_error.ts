import { hostError } from "../abi/calls";
import { console } from "../console/console";

/** What the SDK itself had to say about the latest failure; empty when the host's text is the latest. */
let ownText: string = "";

/** Notes a failure that the host knows nothing of, so that {@link lastError} tells it. Returns `code`, for `return setLastError(-errno.EINVAL, "…")`. */
export function setLastError(code: i32, text: string): i32 {
  ownText = text;
  return code;
}

/** Forgets the SDK's own text: called before a call that makes the host's text the latest. */
export function clearLastError(): void {
  ownText = "";
}

/** What was tried, on what, why it failed and what to do about it: one sentence, for the latest call that failed. Empty if none did. */
export function lastError(): string {
  return ownText.length > 0 ? ownText : hostError();
}

/**
 * Prints {@link lastError} to stderr and returns an exit code: `return fail();` is how `main` ends after a failure.
 * @param code the exit code, 1 unless told
 */
export function fail(code: i32 = 1): i32 {
  const text = lastError();
  console.error(text.length > 0 ? text : "failed, and no call has said why");
  return code;
}
