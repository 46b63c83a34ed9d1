import { type NativeMeter, type NativeTurn, native } from "./kernel/native.js";

/** What is measured of a module while it runs. */
export interface MeterOptions {
  /** Most records that its polls deliver in a second, a tenth of it at once; 0: no bound. */
  readonly eventsPerSecond: number;
  /** Whether {@link Meter.turnMs} is wanted: it costs a look at the clock at each wait. */
  readonly timed: boolean;
}

/**
 * What a module uses while it runs: written by the thread in which it runs, read by any other, also while the module is in an endless loop. It is made in the main
 * thread, and its number is handed to the Worker.
 *
 * A turn is the time from the end of a wait (of a poll, a `buffer_wait`, a sleep, or of room in a user ring buffer) to the next one; the first begins with the
 * module. Time in which the host waits for others, such as a reader of the module's output, is left out of it.
 */
export class Meter {
  readonly #native: NativeMeter;

  constructor({ eventsPerSecond, timed }: MeterOptions) {
    this.#native = native().createMeter(eventsPerSecond, timed);
  }

  /** For {@link SessionOptions.meter} and {@link adoptMeter}. */
  get id(): number {
    return this.#native.id;
  }

  /** CPU time of the module's thread since it began, in milliseconds: in the kernel too. */
  get cpuMs(): number {
    return this.#native.cpuMs();
  }

  /** How long the module's turn has lasted, in milliseconds, also while it is suspended; `undefined`: it waits. */
  get turnMs(): number | undefined {
    const ms = this.#native.turnMs();
    return ms < 0 ? undefined : ms;
  }

  /** Records that were delivered. */
  get records(): number {
    return this.#native.records();
  }

  /** How often records were there that had to wait. */
  get throttled(): number {
    return this.#native.throttled();
  }

  /** To be called when the module has ended. */
  close(): void {
    this.#native.close();
  }
}

/** Starts a {@link Meter} in the module's thread. @returns what suspends its turn */
export const adoptMeter = (id: number): NativeTurn | undefined => native().adoptMeter(id);
