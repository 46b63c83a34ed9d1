import { stderr, stdout } from "../abi/streams";

/**
 * Prints lines of UTF-8 text. `log` and `info` go to stdout, `warn` and `error` to stderr.
 *
 * While a handler runs, stdout's lines are kept until the batch of records is handled; everything printed is out before the module waits again.
 */
export namespace console {
  /** Prints a line to stdout. */
  export function log(text: string): void {
    stdout.line(text);
  }

  /** Prints a line to stdout. */
  export function info(text: string): void {
    stdout.line(text);
  }

  /** Prints a line to stderr. */
  export function warn(text: string): void {
    error(text);
  }

  /** Prints a line to stderr, after what stdout has kept back. */
  export function error(text: string): void {
    stdout.flush();
    stderr.line(text);
  }

  /** Prints text to stdout without ending the line. */
  export function write(text: string): void {
    stdout.write(text);
  }
}
