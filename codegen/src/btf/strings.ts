import { FormatError, hex } from "../errors.js";

/** The string section of one BTF, behind that of its base. */
export class StringTable {
  readonly #bytes: Buffer;
  /** Strings of the base stand before this one's own, as one table. */
  readonly #base: StringTable | undefined;
  readonly #start: number;
  /** One behind the last valid offset. */
  readonly end: number;
  readonly #cache = new Map<number, string>();
  readonly #section: string;
  /** Strings may share their ends, so a hostile table could make every type's name long. Real ones share nearly nothing. */
  #budget: number;

  constructor(bytes: Uint8Array, section: string, base?: StringTable) {
    if (bytes.length > 0 && bytes[bytes.length - 1] !== 0) {
      throw new FormatError(section, bytes.length - 1, "the string section does not end in a NUL");
    }
    if (base === undefined && (bytes.length === 0 || bytes[0] !== 0)) {
      throw new FormatError(section, 0, "the string section does not start with an empty string");
    }
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#base = base;
    this.#section = section;
    this.#budget = 65536 + 16 * bytes.length;
    this.#start = base?.end ?? 0;
    this.end = this.#start + bytes.length;
  }

  /** The string at `offset`, which must be less than `end`. */
  at(offset: number): string {
    if (offset === 0) return "";
    if (offset < this.#start && this.#base !== undefined) return this.#base.at(offset);
    let text = this.#cache.get(offset);
    if (text === undefined) {
      const from = offset - this.#start;
      const to = this.#bytes.indexOf(0, from);
      if (to < 0)
        throw new FormatError(this.#section, offset, `string at ${hex(offset)} has no end`);
      this.#budget -= to - from;
      if (this.#budget < 0)
        throw new FormatError(
          this.#section,
          offset,
          "its strings overlap each other over and over",
        );
      text = this.#bytes.toString("utf8", from, to);
      this.#cache.set(offset, text);
    }
    return text;
  }
}
