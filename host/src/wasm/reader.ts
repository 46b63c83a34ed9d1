/**
 * Reads the binary format of WebAssembly (core specification, chapter 5) as far as the host needs it.
 *
 * @module
 */
import { ModuleError } from "../errors.js";

/** A cursor over the bytes of a module that never leaves them. */
export class WasmReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** Offset in the module of the next byte. */
  offset: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.offset = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.offset >= this.#end;
  }

  u8(): number {
    const value = this.offset < this.#end ? this.#bytes[this.offset] : undefined;
    if (value === undefined) throw this.#truncated();
    this.offset++;
    return value;
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new ModuleError("MODULE_INVALID", `a number at byte ${this.offset} is too large`);
  }

  /** A signed LEB128 of at most 32 bits. */
  i32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        const unused = 25 - shift;
        return unused > 0 ? (value << unused) >> unused : value;
      }
    }
    throw new ModuleError("MODULE_INVALID", `a number at byte ${this.offset} is too large`);
  }

  /** Steps over a LEB128 of any width. */
  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** A view of the next bytes, which are stepped over. */
  take(length: number): Uint8Array {
    if (length > this.#end - this.offset) throw this.#truncated();
    const view = this.#bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  #truncated(): ModuleError {
    return new ModuleError("MODULE_TRUNCATED", `it ends too early, at byte ${this.#end}`);
  }
}
