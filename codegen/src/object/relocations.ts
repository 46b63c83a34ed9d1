import type { ElfSection, ElfSymbol } from "../elf/types.js";
import type { ObjectSource } from "./source.js";

/** A place in a section's bytes that the loader fills in. */
export interface Reference {
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** Name of the function or variable whose address belongs there; undefined if it has none. */
  readonly target: string | undefined;
}

/** The relocations of one section by offset. */
export class Relocations {
  readonly #references: readonly Reference[];

  constructor(source: ObjectSource, section: ElfSection) {
    const view = new DataView(
      section.data.buffer,
      section.data.byteOffset,
      section.data.byteLength,
    );
    const names = new Map<number, Map<number, string>>();
    const references: Reference[] = [];
    for (const { offset, symbol: index, addend } of source.elf.relocations(section)) {
      const symbol = source.elf.symbols[index];
      if (symbol === undefined || offset + 8 > section.data.length) continue;
      // SHT_REL, which BPF uses, keeps the addend in the place itself.
      const inPlace = () => Number(view.getBigUint64(offset, source.elf.byteOrder === "little"));
      const target =
        symbol.type === "section"
          ? nameInside(source, symbol, addend ?? inPlace(), names)
          : symbol.name;
      references.push({ offset, target: target === "" ? undefined : target });
    }
    this.#references = references.sort((a, b) => a.offset - b.offset);
  }

  /** Those from `start` on and before `end`. */
  *between(start: number, end: number): Generator<Reference> {
    let low = 0;
    let high = this.#references.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#references[middle] as Reference).offset < start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.#references.length; i++) {
      const reference = this.#references[i] as Reference;
      if (reference.offset >= end) return;
      yield reference;
    }
  }
}

/** A static function or variable has no symbol of its own in a relocation: it is an offset in its section. */
function nameInside(
  source: ObjectSource,
  symbol: ElfSymbol,
  addend: number,
  names: Map<number, Map<number, string>>,
): string | undefined {
  const section = symbol.section ?? 0;
  let known = names.get(section);
  if (known === undefined) {
    known = new Map();
    for (const other of source.symbols.get(section) ?? []) {
      if ((other.type === "func" || other.type === "object") && !known.has(other.value))
        known.set(other.value, other.name);
    }
    names.set(section, known);
  }
  return known.get(symbol.value + addend);
}
