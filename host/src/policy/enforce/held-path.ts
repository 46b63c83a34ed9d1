import { closeSync, openSync, readlinkSync } from "node:fs";
import { BpfError } from "../../backend/backend.js";

/** Not among Node's constants: `include/uapi/asm-generic/fcntl.h`. Opening a path so has no effect on what lies there. */
const O_PATH = 0o10000000;

/**
 * A path that was looked up once: what it led to is held open, and used through {@link path} whatever becomes of the names on the way, so that nothing can be put in
 * its place between the check and the use.
 */
export class HeldPath {
  /** Without symbolic links, for the check and for messages. */
  readonly real: string;
  /** For the use, as long as it is held: `/proc/self/fd/N`. */
  readonly path: string;
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
    this.path = `/proc/self/fd/${fd}`;
    this.real = readlinkSync(this.path);
  }

  /** `undefined`: nothing is there, or nothing that this process may see. */
  static open(path: string): HeldPath | undefined {
    try {
      return new HeldPath(openSync(path, O_PATH));
    } catch {
      return undefined;
    }
  }

  /** An error as somebody who knows nothing of descriptors reads it. */
  rename(error: unknown): unknown {
    if (!(error instanceof BpfError) || !error.message.includes(this.path)) return error;
    const { errno, code, message, detail, cause } = error;
    return new BpfError(errno, code, message.replaceAll(this.path, this.real), {
      cause,
      ...(detail !== undefined && { detail }),
    });
  }

  close(): void {
    closeSync(this.#fd);
  }
}
