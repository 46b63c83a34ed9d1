import type { GuestMemory } from "../memory/guest-memory.js";

/** Fields for a module, one after the other: little-endian, each aligned by whoever orders them. */
export class Record {
  readonly #bytes: number[] = [];

  u32(value: number): this {
    for (let i = 0; i < 4; i++) this.#bytes.push((value >>> (8 * i)) & 0xff);
    return this;
  }

  u64(value: bigint): this {
    return this.u32(Number(value & 0xffff_ffffn)).u32(Number((value >> 32n) & 0xffff_ffffn));
  }

  bytes(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }

  /** Copies what fits, so that a module that was built for fewer fields gets those. @returns the bytes written */
  write(memory: GuestMemory, out: number, cap: number, what: string): number {
    const length = Math.min(cap >>> 0, this.#bytes.length);
    memory.bytes(out, length, what).set(this.#bytes.slice(0, length));
    return length;
  }
}
