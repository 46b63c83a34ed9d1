import { closeSync, writeSync } from "node:fs";
import { native } from "./kernel/native.js";

/** What an eventfd takes: a u64 that is added to its counter (eventfd(2)). */
const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/**
 * A request to stop, seen by every wait of every session that was made with its {@link fd}, in any thread of this process. It is an eventfd: once signalled it
 * stays readable.
 *
 * Made in the main thread, its number handed to a Worker. A session keeps a duplicate, so either side may close first.
 *
 * @example
 * const stop = new StopSignal();
 * const session = backend.createSession({ memory, stopFd: stop.fd }); // in a Worker
 * stop.signal(); // in the main thread: the Worker's poll returns -ECANCELED
 */
export class StopSignal {
  #fd = native().createEventFd();

  /** The eventfd's number, -1 after {@link close}. */
  get fd(): number {
    return this.#fd;
  }

  /** Signals, for good. Never blocks; does nothing after {@link close}. */
  signal(): void {
    if (this.#fd >= 0) writeSync(this.#fd, ONE);
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
