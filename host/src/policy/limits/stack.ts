import type { ResourceLimits } from "node:worker_threads";
import { UsageError } from "../../errors.js";
import type { Granted } from "../model/policy.js";
import { bytesText } from "./limit.js";

const MIB = 1024 * 1024;
/** What Node keeps of a Worker's stack for itself (`kStackBufferSize` of its `node_worker.h`). */
const NODE_RESERVE = 192 * 1024;
/** With 64 KiB Node does not come as far as the module; the rest is for the host's own functions between the module and the kernel. */
export const LEAST_STACK = 256 * 1024;
/** More than that a thread cannot be relied on to get. */
export const MOST_STACK = 512 * MIB;

/** @throws {@link UsageError} for a stack that is too small or too large */
export function checkStack(stack: Granted<number> | undefined): void {
  if (stack === undefined || (stack.value >= LEAST_STACK && stack.value <= MOST_STACK)) return;
  throw new UsageError(
    `limits.stack is ${bytesText(stack.value)} (${stack.origin}); ${bytesText(LEAST_STACK)} to ${bytesText(MOST_STACK)} were expected`,
  );
}

/** How a Worker gets so much stack. V8 checks it at each call of a Wasm function as at one of JavaScript. */
export const stackResources = (bytes: number): ResourceLimits => ({
  stackSizeMb: (bytes + NODE_RESERVE) / MIB,
});
