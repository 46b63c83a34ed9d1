import { BpfError } from "../backend/backend.js";
import { messageOf, TrapError, UsageError } from "../errors.js";
import { describeFrame } from "../runtime/trap.js";

/** Exit codes of the command itself; a module's own code is passed through. */
export const ExitCode = { success: 0, failure: 1, usage: 2 } as const;

/** Frames of a trap that are shown: enough to see how it came there. */
const MAX_FRAMES = 8;

/** Writes one line to stderr in the command's name. */
export function say(text: string): void {
  process.stderr.write(`wbpf: ${text}\n`);
}

/**
 * Prints a failure as one sentence, for a trap with the functions that were running, and sets the exit code. With `WBPF_DEBUG=1` in the environment the
 * JavaScript stack follows.
 */
export function reportFailure(error: unknown, options: { verbose?: boolean } = {}): void {
  say(messageOf(error));
  if (error instanceof TrapError) printFrames(error);
  if (error instanceof BpfError && options.verbose && error.detail !== undefined) {
    process.stderr.write(`${error.detail.trimEnd()}\n`);
  }
  if (process.env.WBPF_DEBUG === "1") printStacks(error);
  process.exitCode = error instanceof UsageError ? ExitCode.usage : ExitCode.failure;
}

function printFrames({ frames }: TrapError): void {
  // One frame alone is in the sentence already.
  if (frames.length < 2) return;
  for (const frame of frames.slice(0, MAX_FRAMES)) {
    process.stderr.write(`    ${describeFrame(frame)}\n`);
  }
  const more = frames.length - MAX_FRAMES;
  if (more > 0) process.stderr.write(`    … and ${more} more\n`);
}

function printStacks(error: unknown): void {
  for (let at = error; at instanceof Error; at = at.cause) {
    process.stderr.write(`${at.stack ?? at.message}\n`);
  }
}
