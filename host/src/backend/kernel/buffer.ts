import type { BackendBuffer } from "../backend.js";
import type { GuestMemory } from "./guest-memory.js";
import type { NativeRing } from "./native.js";

/** A ring buffer map, read by batches. Requires at least Linux 5.8. */
export class KernelBuffer implements BackendBuffer {
  readonly #ring: NativeRing;
  readonly #memory: GuestMemory;

  constructor(ring: NativeRing, memory: GuestMemory) {
    this.#ring = ring;
    this.#memory = memory;
  }

  /** What the addon knows it by. */
  get token(): unknown {
    return this.#ring.token;
  }

  poll(buf: number, cap: number, timeoutMs: number): number {
    this.#memory.refresh();
    return this.#ring.poll(buf, cap, timeoutMs);
  }

  get pendingSize(): number {
    return this.#ring.pendingSize();
  }

  close(): void {
    this.#ring.close();
  }
}
