/**
 * How a module begins and ends. `wbpf build` makes an entry that calls {@link start} with what `main` returned, and names {@link onAbort} as the handler of failed
 * assertions; a tool's author does not call either.
 *
 * @module
 */

import { stderr, stdout } from "./abi/streams";
import { proc_exit } from "./abi/wasi";
import { digitsEnd, digitsOf } from "./console/parts";

/** Ends the module with the exit code that `main` returned. */
export function start(code: i32): void {
  // No main returns that. The compiler has to meet the handler of failed assertions before the streams: it uses them, and making them can fail.
  if (code == i32.MIN_VALUE) onAbort(null, null, 0, 0);
  stdout.flush();
  stderr.flush();
  if (code != 0) proc_exit(code);
}

/** Ends the module at once with an exit code. */
export function exit(code: i32): void {
  stdout.flush();
  stderr.flush();
  proc_exit(code);
}

/** Prints where an assertion failed, then traps, so that the host can show the way there. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  stdout.flush();
  stderr.text("abort: ");
  stderr.text(message ? message : "assertion failed");
  if (file) {
    stderr.text(" (");
    stderr.text(file);
    stderr.text(":");
    stderr.units(digitsOf(line), digitsEnd());
    stderr.text(":");
    stderr.units(digitsOf(column), digitsEnd());
    stderr.text(")");
  }
  stderr.end();
  stderr.flush();
  unreachable();
}
