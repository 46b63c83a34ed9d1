import { readAt, visitFunctions } from "../backend/kernel/elf/symbols.js";

/** A table of names or symbols larger than this is not read: it comes from files that any user may have made. */
const MAX_TABLE = 64 * 1024 * 1024;
/** What a function that does not say its length is taken to have at most. */
const LONGEST_UNSIZED = 1 << 20;

/** The functions of an ELF file by their place in it. */
export class FunctionTable {
  readonly #offsets: Float64Array;
  readonly #sizes: Float64Array;
  readonly #names: readonly { readonly text: Buffer; readonly start: number }[];

  /**
   * Reads the symbol table and the dynamic one.
   * @param fd of a file, which stays the caller's
   * @throws ElfError
   */
  constructor(fd: number) {
    const all: { offset: number; size: number; text: Buffer; start: number }[] = [];
    visitFunctions(
      (offset, size) => readAt(fd, offset, size, MAX_TABLE),
      (text, start, offset, size) =>
        all.push({ offset: Number(offset), size: Number(size), text, start }),
    );
    // Of several at one place the first is the symbol table's, which has the user's own names.
    all.sort((a, b) => a.offset - b.offset);
    const kept = all.filter(({ offset }, i) => i === 0 || all[i - 1]?.offset !== offset);
    this.#offsets = Float64Array.from(kept, ({ offset }) => offset);
    this.#sizes = Float64Array.from(kept, ({ size }) => size);
    this.#names = kept.map(({ text, start }) => ({ text, start }));
  }

  get size(): number {
    return this.#offsets.length;
  }

  /** About so many bytes of memory. */
  get bytes(): number {
    const texts = new Set(this.#names.map(({ text }) => text));
    return [...texts].reduce((sum, { length }) => sum + length, 0) + 48 * this.size;
  }

  /** The function that holds a place in the file, and how far inside it is. */
  find(place: number): { readonly name: string; readonly offset: number } | undefined {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    const start = this.#offsets[index];
    const name = this.#names[index];
    if (start === undefined || name === undefined) return undefined;
    if (place - start >= (this.#sizes[index] || LONGEST_UNSIZED)) return undefined;
    const end = name.text.indexOf(0, name.start);
    if (end <= name.start) return undefined;
    return { name: name.text.toString("utf8", name.start, end), offset: place - start };
  }
}
