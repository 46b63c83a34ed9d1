import { errnoOf } from "../backend/kernel/explain/errno.js";
import { isNativeFailure, native } from "../backend/kernel/native.js";
import { HostError } from "../errors.js";
import { type CapabilityName, hasCapability, maskOf } from "./capability.js";
import { ownCapabilities } from "./own.js";

let lost = 0n;

/** Whether this thread had a capability and gave it up. */
export const gaveUp = (name: CapabilityName): boolean => hasCapability(lost, name);

/**
 * Gives up every Linux capability but these, for good, in every thread of this process: Node's own, those of libuv and V8, and those that will be made. The
 * inheritable, ambient and bounding sets are emptied, and `no_new_privs` is set, so that not even a program with file capabilities gets one back.
 *
 * The host never does this by itself, for the process is its caller's; `wbpf run` does.
 * @param keep those that this process does not have anyway are not given to it
 * @returns how many threads there are
 * @throws {@link HostError} when a thread could not be made to give them up; others may have by then
 */
export function dropCapabilities(keep: readonly CapabilityName[]): number {
  try {
    const { permitted } = ownCapabilities();
    const threads = native().dropCapabilities(maskOf(keep));
    lost |= permitted & ~maskOf(keep);
    return threads;
  } catch (error) {
    if (!isNativeFailure(error)) throw error;
    const { name, text } = errnoOf(error.errno);
    const why = name === "ETIMEDOUT" ? "does not answer" : `${text} (${name})`;
    throw new HostError(
      `cannot give up Linux capabilities in every thread: ${error.message}: ${why}; --keep-capabilities runs without`,
      { code: "CAPABILITIES", cause: error },
    );
  }
}
