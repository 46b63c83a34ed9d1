import { hostError } from "../abi/calls";
import { encodedLength, encodeText } from "../abi/encode";
import { addressOf } from "../abi/memory";
import { enter, leave } from "../abi/region";
import { stderr, stdout } from "../abi/streams";
import { last_error } from "../abi/wbpf";
import { readText } from "../view/text";

/** Bytes that the SDK's own sentence may have. */
const MOST: i32 = 512;

/** What the SDK itself had to say about the latest failure, as UTF-8. */
const own: usize = memory.data(MOST, 8);
/** Its length; 0 when the host's text is the latest. */
let ownLength: i32 = 0;

/**
 * Notes a failure that the host knows nothing of, so that {@link lastError} tells it: `before`, a name, and `after`. Returns `code`, for
 * `return setLastError(-errno.EINVAL, "…")`.
 */
export function setLastError(
  code: i32,
  before: string,
  name: string = "",
  after: string = "",
): i32 {
  ownLength = 0;
  add(before);
  add(name);
  add(after);
  return code;
}

function add(text: string): void {
  const bytes = encodeText(text);
  const length = min(encodedLength, MOST - ownLength);
  memory.copy(own + ownLength, bytes, length);
  ownLength += length;
}

/** Forgets the SDK's own text: called before a call that makes the host's text the latest. */
export function clearLastError(): void {
  ownLength = 0;
}

/** What was tried, on what, why it failed and what to do about it: one sentence, for the latest call that failed. Empty if none did. */
export function lastError(): string {
  return ownLength > 0 ? readText(own, ownLength) : hostError();
}

/**
 * Prints {@link lastError} to stderr and returns an exit code: `return fail();` is how `main` ends after a failure.
 * @param code the exit code, 1 unless told
 */
export function fail(code: i32 = 1): i32 {
  stdout.flush();
  if (ownLength > 0) {
    stderr.bytes(own, ownLength);
  } else {
    const outer = enter();
    const length = last_error(0, 0);
    if (length > 0) {
      const text = new ArrayBuffer(length);
      last_error(addressOf(text), length);
      stderr.bytes(addressOf(text), length);
    } else {
      stderr.text("failed, and no call has said why");
    }
    leave(outer);
  }
  stderr.end();
  return code;
}
