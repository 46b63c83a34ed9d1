import type { Output } from "../../wasi/context.js";
import { TokenBucket } from "./bucket.js";
import type { Turn } from "./turn.js";

/** How long a module that was asked to stop may wait for its last words, once, in milliseconds. As the native writer does it for a reader that stalls. */
const LAST_WORDS_MS = 100;
const ECANCELED = 125;

/** What {@link LimitedOutput} needs beside its rate. */
export interface LimitedOutputOptions {
  /** Waits so many milliseconds. @returns a negative number when the module is to stop */
  readonly sleep: (ms: number) => number;
  /** Told when a write has to wait for the first time. */
  readonly heldBack: () => void;
  readonly turn: Turn | undefined;
}

/** The output of a module that may write only so many bytes a second: a write waits until it may. A request to stop ends the wait. */
export class LimitedOutput implements Output {
  readonly #inner: Output;
  readonly #options: LimitedOutputOptions;
  readonly #bucket: TokenBucket;
  #told = false;
  #lastWords = LAST_WORDS_MS;

  constructor(inner: Output, bytesPerSecond: number, options: LimitedOutputOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#bucket = new TokenBucket(bytesPerSecond);
  }

  write(fd: number, pointer: number, length: number): number {
    let done = 0;
    while (done < length) {
      const left = length - done;
      const chunk = Math.min(this.#bucket.available, left);
      if (chunk === 0) {
        if (this.#wait(this.#bucket.waitMs(left))) continue;
        return done > 0 ? done : -ECANCELED;
      }
      const written = this.#inner.write(fd, pointer + done, chunk);
      if (written < 0) return done > 0 ? done : written;
      this.#bucket.take(written);
      done += written;
      if (written < chunk) break;
    }
    return done;
  }

  /** @returns whether it is worth going on */
  #wait(ms: number): boolean {
    if (!this.#told) this.#options.heldBack();
    this.#told = true;
    this.#options.turn?.pause();
    try {
      if (this.#options.sleep(ms) >= 0) return true;
      // It is to stop, and every sleep returns at once from now on.
      if (this.#lastWords <= 0) return false;
      const slice = Math.min(ms, this.#lastWords);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slice);
      this.#lastWords -= slice;
      return true;
    } finally {
      this.#options.turn?.resume();
    }
  }
}
