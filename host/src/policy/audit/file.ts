import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { messageOf, UsageError } from "../../errors.js";
import { auditLine } from "./line.js";
import type { AuditRecord } from "./record.js";

const STDERR = 2;
const { O_APPEND, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/**
 * An audit log in a file: one line of JSON for each record, written by one write(2) each, at the end, so that the lines of several processes do not mix. A disk
 * that is full, or a reader that goes away or stalls, costs lines, which are counted; it never stops the module.
 */
export class AuditFile {
  readonly #name: string;
  readonly #fd: number;
  readonly #opened: boolean;
  readonly #say: (sentence: string) => void;
  #lost = 0;
  #told = false;

  /**
   * @param path a file, which is made with mode 0600 if there is none; `-`: standard error
   * @param say told once when lines are lost, and at the end how many
   * @throws {@link UsageError} when it cannot be opened
   */
  constructor(path: string, say: (sentence: string) => void) {
    this.#name = path === "-" ? "standard error" : `'${path}'`;
    this.#say = say;
    const fd = path === "-" ? reopened() : open(path);
    this.#opened = fd !== STDERR;
    this.#fd = fd;
  }

  readonly sink = (record: AuditRecord): void => {
    const line = Buffer.from(auditLine(record));
    try {
      if (writeSync(this.#fd, line) === line.length) return;
      this.#failed("the line was cut short");
    } catch (error) {
      this.#failed(reason(error));
    }
  };

  close(): void {
    if (this.#lost > 1) this.#say(`${this.#lost} records could not be written to ${this.#name}`);
    if (this.#opened) closeSync(this.#fd);
  }

  #failed(why: string): void {
    this.#lost++;
    if (this.#told) return;
    this.#told = true;
    this.#say(`an audit record could not be written to ${this.#name}: ${why}; the module goes on`);
  }
}

function open(path: string): number {
  try {
    // Without O_NONBLOCK a FIFO that nobody reads would hold the host.
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK, 0o600);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === "ENXIO" ? "nobody reads it" : reason(cause);
    throw new UsageError(`the audit log '${path}' cannot be opened: ${why}`, { cause });
  }
}

/** A pipe or a terminal is opened once more, since O_NONBLOCK would be set for everybody who shares it. */
function reopened(): number {
  try {
    const status = fstatSync(STDERR);
    if (!status.isFIFO() && !status.isCharacterDevice()) return STDERR;
    return openSync("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK);
  } catch {
    return STDERR;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left",
  EAGAIN: "its reader does not keep up",
  EPIPE: "its reader is gone",
  EACCES: "permission denied",
  ENOENT: "there is no such folder",
  EISDIR: "it is a folder",
};

const reason = (error: unknown): string =>
  REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? messageOf(error);
