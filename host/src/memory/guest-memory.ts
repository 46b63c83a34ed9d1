import { bpfError } from "../imports/errno.js";
import { calledTooEarly } from "../imports/signals.js";

/** One for all: to make one takes longer than all the rest of an instance. It keeps nothing between two texts. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The memory of one module instance, every access checked. An access outside it, or text that is not UTF-8, throws a `BpfError` (`EFAULT`, `EILSEQ`) whose
 * message starts with what the caller named.
 *
 * Pointers and lengths come from the module as signed i32 and mean unsigned numbers.
 */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  /** All of it. `memory.grow` detaches it, which shows as length 0: to ask `memory.buffer` each time is a call of C++. */
  #all = new Uint8Array();
  #view = new DataView(this.#all.buffer);

  /** The memory exists only once the module is instantiated, and its imports before. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** The memory's size now, in bytes. */
  get size(): number {
    if (this.#all.length === 0 && this.#memory !== undefined) this.#refresh();
    return this.#all.length;
  }

  /** Whether a range lies inside the memory. Both numbers are below 2^32, so their sum is exact. */
  contains(pointer: number, length: number): boolean {
    return (pointer >>> 0) + (length >>> 0) <= this.size;
  }

  /** A view of a range, valid until the module runs again. */
  bytes(pointer: number, length: number, what: string): Uint8Array {
    const view = this.#check(pointer, length, what);
    return new Uint8Array(view.buffer as ArrayBuffer, pointer >>> 0, length >>> 0);
  }

  /** The text in a range. */
  text(pointer: number, length: number, what: string): string {
    // A copy: where a map is live, a BPF program may change the bytes while they are decoded.
    const bytes = this.bytes(pointer, length, what).slice();
    try {
      return decoder.decode(bytes);
    } catch {
      throw bpfError("EILSEQ", `${what} is not UTF-8`);
    }
  }

  /** Throws unless the range lies inside the memory. */
  check(pointer: number, length: number, what: string): void {
    this.#check(pointer, length, what);
  }

  getU32(pointer: number, what: string): number {
    return this.#check(pointer, 4, what).getUint32(pointer >>> 0, true);
  }

  setU8(pointer: number, value: number, what: string): void {
    this.#check(pointer, 1, what).setUint8(pointer >>> 0, value);
  }

  setU32(pointer: number, value: number, what: string): void {
    this.#check(pointer, 4, what).setUint32(pointer >>> 0, value, true);
  }

  setU64(pointer: number, value: bigint, what: string): void {
    this.#check(pointer, 8, what).setBigUint64(pointer >>> 0, value, true);
  }

  #check(pointer: number, length: number, what: string): DataView {
    if (this.#all.length === 0) this.#refresh();
    const start = pointer >>> 0;
    const size = length >>> 0;
    if (start + size > this.#all.length) {
      throw bpfError(
        "EFAULT",
        `${what} (${size} bytes at ${start}) lies outside the module's memory of ${this.#all.length} bytes`,
      );
    }
    return this.#view;
  }

  #refresh(): void {
    const buffer = this.#memory?.buffer;
    if (buffer === undefined) throw calledTooEarly();
    this.#all = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}
