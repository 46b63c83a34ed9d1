import type { BackendBuffer, BackendUserBuffer } from "../backend.js";
import type { GuestMemory } from "./guest-memory.js";
import type { NativeRing, NativeUserRing } from "./native.js";

/** A ring buffer map (Linux 5.8) or a perf event array (4.4), read by batches. */
export class KernelBuffer implements BackendBuffer {
  readonly #ring: NativeRing;
  readonly #memory: GuestMemory;
  /** Memory of its own that it writes to, if it has any: the addon keeps only an address. */
  readonly target: ArrayBuffer | undefined;

  constructor(ring: NativeRing, memory: GuestMemory, target?: ArrayBuffer) {
    this.#ring = ring;
    this.#memory = memory;
    this.target = target;
  }

  /** What the addon knows it by. */
  get handle(): number {
    return this.#ring.handle;
  }

  /** What poll(2) finds readable when there is something. */
  get descriptor(): number {
    return this.#ring.descriptor(this.#ring.handle);
  }

  poll(buf: number, cap: number, timeoutMs: number): number {
    this.#memory.refresh();
    return this.#ring.poll(this.#ring.handle, buf, cap, timeoutMs);
  }

  available(): number {
    return this.#ring.available(this.#ring.handle);
  }

  get pendingSize(): number {
    return this.#ring.pendingSize(this.#ring.handle);
  }

  close(): void {
    this.#ring.close();
  }
}

/** A user ring buffer (Linux 6.1), which BPF programs drain. */
export class KernelUserBuffer implements BackendUserBuffer {
  readonly #ring: NativeUserRing;
  readonly #memory: GuestMemory;

  constructor(ring: NativeUserRing, memory: GuestMemory) {
    this.#ring = ring;
    this.#memory = memory;
  }

  submit(record: number, length: number, timeoutMs: number): number {
    this.#memory.refresh();
    return this.#ring.submit(this.#ring.handle, record, length, timeoutMs);
  }

  close(): void {
    this.#ring.close();
  }
}
