import type { NativeSession } from "./native.js";

/** Keeps the addon's address of a module's memory right. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #native: NativeSession;
  /** What the addon was last told of. `memory.grow` detaches it, which shows as length 0: cheaper to ask of a view than of `memory.buffer`. */
  #view: Uint8Array<ArrayBuffer>;

  constructor(memory: WebAssembly.Memory, native: NativeSession) {
    this.#memory = memory;
    this.#native = native;
    this.#view = new Uint8Array(memory.buffer);
    native.bind(memory.buffer);
  }

  /** The memory itself. */
  get object(): WebAssembly.Memory {
    return this.#memory;
  }

  /** What is opened for the module. */
  get session(): NativeSession {
    return this.#native;
  }

  /** To be called before every call that reads or writes the memory. */
  refresh(): void {
    if (this.#view.length === 0) this.#rebind();
  }

  #rebind(): void {
    this.#view = new Uint8Array(this.#memory.buffer);
    this.#native.bind(this.#memory.buffer);
  }
}
