import type { NativeSession } from "./native.js";

/** Keeps the addon's address of a module's memory right. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #native: NativeSession;
  /** What the addon was last told of. `memory.grow` detaches it, which shows as length 0: cheaper to ask than `memory.buffer`. */
  #buffer: ArrayBuffer;

  constructor(memory: WebAssembly.Memory, native: NativeSession) {
    this.#memory = memory;
    this.#native = native;
    this.#buffer = memory.buffer;
    native.bind(this.#buffer);
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
    if (this.#buffer.byteLength === 0) this.#rebind();
  }

  #rebind(): void {
    this.#buffer = this.#memory.buffer;
    this.#native.bind(this.#buffer);
  }
}
