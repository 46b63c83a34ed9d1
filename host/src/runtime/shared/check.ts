import { ModuleError, UsageError } from "../../errors.js";
import type { Limits } from "../../policy/model/policy.js";
import type { StartOptions } from "../options.js";
import type { Startable } from "../start.js";
import { canPark } from "./parking.js";
import type { SharedThread } from "./shared-thread.js";

/** Limits of what a module takes of its thread, as a policy names them: of a thread that is not its own there is nothing to measure, or to hold back. */
const OF_A_THREAD: readonly (readonly [keyof Limits, string])[] = [
  ["cpuMs", "cpu"],
  ["callbackMs", "callback"],
  ["stack", "stack"],
  ["eventsPerSecond", "eventsPerSecond"],
  ["outputBytesPerSecond", "outputBytesPerSecond"],
];

/**
 * Whether a module can share a thread, under those options.
 * @throws ModuleError `MODULE_NOT_SHARED` it cannot be suspended
 * @throws HostError the thread is gone
 * @throws UsageError the thread is closed; for an option, or a limit of its policy, that only a thread of its own can keep
 */
export function checkShared(
  module: Startable,
  thread: SharedThread,
  { policy, capabilities, backend = thread.backend }: StartOptions,
): void {
  thread.requireOpen();
  const what = `cannot run ${module.name} in a shared thread`;
  if (!canPark(module.compiled)) {
    throw new ModuleError(
      "MODULE_NOT_SHARED",
      `${what}: it cannot be suspended while it waits; build it with \`wbpf build --shared\`, or give it a thread of its own`,
    );
  }
  if (backend !== thread.backend) {
    throw new UsageError(`${what}: the thread's backend is '${thread.backend}', not '${backend}'`);
  }
  if (capabilities !== undefined) {
    throw new UsageError(
      `${what}: only a process that runs nothing else gives up capabilities for a module`,
    );
  }
  for (const [key, name] of OF_A_THREAD) {
    const limit = policy?.limits[key];
    if (limit === undefined) continue;
    throw new UsageError(
      `${what}: limits.${name} (${limit.origin}) is kept only in a thread of its own`,
    );
  }
}
