const LOADED = 1;
const UNWANTED = 2;

/**
 * Whether a module's thread has loaded all of the host that it needs, and whether it is still wanted: agreed on by both threads. Node reads the files of ES modules
 * on threads of its own, and never closes those that are open when it terminates the Worker that wanted them, so a Worker is terminated only after it has loaded.
 */
export class Loading {
  readonly #state: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#state = new Int32Array(shared);
  }

  /** What both threads share. */
  static shared(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** Said by the Worker. @returns whether it shall go on */
  loaded(): boolean {
    return (Atomics.or(this.#state, 0, LOADED) & UNWANTED) === 0;
  }

  /** Said by who wants the Worker no more. @returns whether it can be terminated; otherwise it ends by itself when it has loaded */
  unwanted(): boolean {
    return (Atomics.or(this.#state, 0, UNWANTED) & LOADED) !== 0;
  }
}
