import { unlinkSync } from "node:fs";
import { attempt } from "./attempt.js";
import { bpfError } from "./explain/errno.js";
import { checkPinPath, explainPin } from "./explain/pin.js";

const ENOENT = 2;

/** Where one thing was pinned through its handle: only those pins can be taken away again through it. */
export class Pins {
  readonly #what: string;
  readonly #pin: (path: string) => void;
  readonly #paths = new Set<string>();

  constructor(what: string, pin: (path: string) => void) {
    this.#what = what;
    this.#pin = pin;
  }

  /** @throws BpfError */
  add(path: string): void {
    checkPinPath(this.#what, path);
    attempt(
      () => this.#pin(path),
      (failure) => explainPin(failure, this.#what, path),
    );
    this.#paths.add(path);
  }

  /** Notes a pin that was there before and is this thing's. */
  adopt(path: string): void {
    this.#paths.add(path);
  }

  /** @throws BpfError */
  remove(path: string): void {
    if (!this.#paths.delete(path)) {
      throw bpfError(ENOENT, `${this.#what} was not pinned at '${path}' by this module (ENOENT)`);
    }
    try {
      unlinkSync(path);
    } catch (error) {
      // Somebody else took it away.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      const { errno = -5 } = error as NodeJS.ErrnoException;
      throw explainPin({ errno: -errno, message: "unpin" }, this.#what, path);
    }
  }
}
