import type { BackendObject } from "../backend.js";
import { programOf } from "./guest.js";

/** `struct request` of testing/ring.bpf.c. */
const REQUEST_SIZE = 40;

export interface Produced {
  readonly retval: number;
  readonly submitted: number;
  readonly failed: number;
}

/** Drives the programs of testing/ring.bpf.c, and keeps count. */
export class Producer {
  readonly #object: BackendObject;
  /** Of the next record. */
  sequence = 0n;

  constructor(object: BackendObject) {
    this.#object = object;
  }

  /** `count` records of 16 bytes (sequence, 3 × sequence + 1); every `discard`th is discarded. Stops when the ring is full. */
  records(count: number, options: { discard?: number; ring?: 0 | 1 } = {}): Produced {
    return this.#run("produce", { count, ...options });
  }

  /** One record of `size` bytes: sequence, size, zeros. */
  sized(size: number, ring: 0 | 1 = 0): Produced {
    return this.#run("produce_sized", { size, ring });
  }

  /** A discarded record of 8,000 bytes. */
  discardLarge(): Produced {
    return this.#run("discard_large", {});
  }

  #run(
    program: string,
    request: { count?: number; size?: number; discard?: number; ring?: 0 | 1 },
  ): Produced {
    const context = new DataView(new ArrayBuffer(REQUEST_SIZE));
    context.setBigUint64(0, this.sequence, true);
    context.setUint32(8, request.count ?? 0, true);
    context.setUint32(12, request.size ?? 0, true);
    context.setUint32(16, request.discard ?? 0, true);
    context.setUint32(20, request.ring ?? 0, true);
    const { retval, context: after } = programOf(this.#object, program).testRun(
      new Uint8Array(context.buffer),
    );
    const done = new DataView(after.buffer, after.byteOffset, after.byteLength);
    this.sequence = done.getBigUint64(0, true);
    return { retval, submitted: done.getUint32(24, true), failed: done.getUint32(28, true) };
  }
}
