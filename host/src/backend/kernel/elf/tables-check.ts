import {
  ElfError,
  type ElfSection,
  SHT_NOBITS,
  SHT_REL,
  SHT_STRTAB,
  SHT_SYMTAB,
  stringAt,
} from "./read.js";

const SYMBOL_SIZE = 24;
const REL_SIZE = 16;
/** Section indexes from here on have meanings of their own (SHN_LORESERVE). */
const RESERVED_INDEX = 0xff00;
const SHF_COMPRESSED = 0x800;
/** A BPF map's value is smaller than this, and so is any data section. */
const MOST_BYTES = 2 ** 30;

/** Checks what links an object's sections: the symbol table, its strings, and the relocations. @throws ElfError */
export function checkTables(sections: readonly ElfSection[]): void {
  const symbols = sections.filter(({ type }) => type === SHT_SYMTAB);
  if (symbols.length !== 1) {
    throw new ElfError(symbols.length === 0 ? "has no symbol table" : "has two symbol tables");
  }
  const table = symbols[0] as ElfSection;
  for (const section of sections) checkSection(section);
  checkSymbols(table, sections);
  const symbolCount = table.size / SYMBOL_SIZE;
  for (const section of sections) {
    if (section.type === SHT_REL) checkRelocations(section, sections, table.index, symbolCount);
  }
}

function checkSection({ name, type, flags, size, align, bytes, index }: ElfSection): void {
  if (index === 0) return;
  if (flags & SHF_COMPRESSED) throw new ElfError(`has a compressed section, '${name}'`);
  if (align > 4096 || (align & (align - 1)) !== 0) {
    throw new ElfError(`aligns section '${name}' to ${align}, which is no power of two up to 4096`);
  }
  if (type === SHT_NOBITS && size > MOST_BYTES) {
    throw new ElfError(`has a section '${name}' of ${size} bytes`);
  }
  if (type === SHT_STRTAB && bytes.at(-1) !== 0) {
    throw new ElfError(`has a string table that does not end, '${name}'`);
  }
}

function checkSymbols(table: ElfSection, sections: readonly ElfSection[]): void {
  const strings = sections[table.link];
  if (
    table.entrySize !== SYMBOL_SIZE ||
    table.size % SYMBOL_SIZE !== 0 ||
    strings?.type !== SHT_STRTAB
  ) {
    throw new ElfError("has a symbol table that is broken");
  }
  const view = viewOf(table.bytes);
  for (let at = 0; at < table.size; at += SYMBOL_SIZE) {
    stringAt(strings.bytes, view.getUint32(at, true));
    const section = view.getUint16(at + 6, true);
    if (section >= sections.length && section < RESERVED_INDEX) {
      throw new ElfError(`has a symbol in section ${section}, which it lacks`);
    }
  }
}

function checkRelocations(
  section: ElfSection,
  sections: readonly ElfSection[],
  symbolTable: number,
  symbolCount: number,
): void {
  const wrong = (what: string) =>
    new ElfError(`has relocations that are broken, '${section.name}': ${what}`);
  if (section.entrySize !== REL_SIZE || section.size % REL_SIZE !== 0) {
    throw wrong("their size is not right");
  }
  if (section.link !== symbolTable) throw wrong("they do not belong to its symbol table");
  const target = sections[section.info];
  if (section.info === 0 || target === undefined)
    throw wrong("they are for a section that it lacks");
  const view = viewOf(section.bytes);
  for (let at = 0; at < section.size; at += REL_SIZE) {
    if (Number(view.getBigUint64(at, true)) >= target.size) {
      throw wrong(`one is for a place outside '${target.name}'`);
    }
    if (view.getUint32(at + 12, true) >= symbolCount) {
      throw wrong("one is for a symbol that it lacks");
    }
  }
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
