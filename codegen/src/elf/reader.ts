import { FormatError, hex } from "../errors.js";

/** Reads numbers of one byte order from bytes, and says where it failed. */
export class Reader {
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #section: string;
  readonly length: number;

  constructor(bytes: Uint8Array, little: boolean, section: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
    this.#section = section;
    this.length = bytes.byteLength;
  }

  u8(offset: number): number {
    this.#need(offset, 1);
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    this.#need(offset, 2);
    return this.#view.getUint16(offset, this.#little);
  }

  u32(offset: number): number {
    this.#need(offset, 4);
    return this.#view.getUint32(offset, this.#little);
  }

  /** A 64-bit number as far as a file can use it: over 2^53 is an error. */
  u64(offset: number): number {
    this.#need(offset, 8);
    const value = this.#view.getBigUint64(offset, this.#little);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new FormatError(
        this.#section,
        offset,
        `the number at offset ${hex(offset)} is absurdly large (0x${value.toString(16)})`,
      );
    }
    return Number(value);
  }

  /** A signed 64-bit number, cut to what fits a double. */
  i64(offset: number): number {
    this.#need(offset, 8);
    return Number(this.#view.getBigInt64(offset, this.#little));
  }

  #need(offset: number, count: number): void {
    if (offset + count > this.length) {
      throw new FormatError(
        this.#section,
        offset,
        `ends at ${hex(this.length)}, inside what should stand at ${hex(offset)}`,
      );
    }
  }
}

/** A string table: NUL-terminated names in a row. */
export class Names {
  readonly #bytes: Uint8Array;
  readonly #section: string;
  /**
   * Names may share their ends, so a hostile file can name one long text from every symbol. Real tables give out about as many bytes as they have.
   */
  #budget: number;

  constructor(bytes: Uint8Array, section: string) {
    this.#bytes = bytes;
    this.#section = section;
    this.#budget = 65536 + 16 * bytes.length;
  }

  /** The text at `offset` up to its NUL. */
  at(offset: number): string {
    const bytes = this.#bytes;
    if (offset >= bytes.length) {
      throw new FormatError(
        this.#section,
        offset,
        `a name at ${hex(offset)} is outside its ${hex(bytes.length)} bytes`,
      );
    }
    const end = bytes.indexOf(0, offset);
    if (end < 0)
      throw new FormatError(this.#section, offset, `the name at ${hex(offset)} has no end`);
    this.#budget -= end - offset;
    if (this.#budget < 0)
      throw new FormatError(this.#section, offset, "its names overlap each other over and over");
    return Buffer.from(bytes.buffer, bytes.byteOffset + offset, end - offset).toString("utf8");
  }
}
