import {
  ElfError,
  type ElfSection,
  SHT_REL,
  SHT_SYMTAB,
  stringAt,
} from "../../backend/kernel/elf/read.js";

/** `Elf64_Sym` of `include/uapi/linux/elf.h`, as far as it matters. */
export interface ElfSymbol {
  readonly name: string;
  /** `STT_*`. */
  readonly type: number;
  /** 0: it is not in this object. */
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

/** `Elf64_Rel`. */
export interface Relocation {
  /** Index in the symbol table. */
  readonly symbol: number;
}

const SYMBOL_SIZE = 24;
const RELOCATION_SIZE = 16;

/** The symbol table. @throws ElfError */
export function readSymbols(sections: readonly ElfSection[]): ElfSymbol[] {
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = table && sections[table.link];
  if (table === undefined || strings === undefined) return [];
  const view = viewOf(table);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + SYMBOL_SIZE <= view.byteLength; at += SYMBOL_SIZE) {
    symbols.push({
      name: stringAt(strings.bytes, view.getUint32(at, true)),
      type: view.getUint8(at + 4) & 0xf,
      section: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    });
  }
  return symbols;
}

/** Of each section by its index, the relocations by the offset in bytes of what they change. @throws ElfError */
export function readRelocations(
  sections: readonly ElfSection[],
): ReadonlyMap<number, ReadonlyMap<number, Relocation>> {
  const all = new Map<number, Map<number, Relocation>>();
  for (const section of sections) {
    if (section.type !== SHT_REL) continue;
    const ofTarget = all.get(section.info) ?? new Map<number, Relocation>();
    all.set(section.info, ofTarget);
    const view = viewOf(section);
    for (let at = 0; at + RELOCATION_SIZE <= view.byteLength; at += RELOCATION_SIZE) {
      const offset = Number(view.getBigUint64(at, true));
      // Which of the two libbpf would take is not for an analysis to guess.
      if (ofTarget.has(offset)) {
        throw new ElfError(
          `has two relocations for byte ${offset} of '${sections[section.info]?.name}'`,
        );
      }
      ofTarget.set(offset, { symbol: view.getUint32(at + 12, true) });
    }
  }
  return all;
}

const viewOf = ({ bytes }: ElfSection) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
