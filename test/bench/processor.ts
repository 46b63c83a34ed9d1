import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Processors that this process may run on, as taskset(1) writes them: "0-3,6". */
function allowed(): string {
  const status = readFileSync("/proc/self/status", "utf8");
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "0";
}

/** Moves the main thread of this process; its other threads stay free. */
function moveTo(processors: string): void {
  execFileSync("taskset", ["--pid", "--cpu-list", processors, String(process.pid)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/**
 * One processor for both sides of a comparison, while it lasts. Of a virtual machine's processors one may be half as fast as another for minutes, and two sides on
 * different ones would measure that.
 */
export class Processor {
  /** Its number. */
  readonly number: string;
  readonly #before = allowed();

  constructor() {
    // The last: interrupts mostly come to the first.
    this.number = /(\d+)$/.exec(this.#before)?.[1] ?? "0";
    moveTo(this.number);
  }

  release(): void {
    moveTo(this.#before);
  }
}
