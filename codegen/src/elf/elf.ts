import type { ByteOrder } from "../btf/types.js";
import { FormatError, hex } from "../errors.js";
import {
  CLASS_32,
  CLASS_64,
  DATA_BIG,
  DATA_LITTLE,
  SHF_COMPRESSED,
  SHN_LORESERVE,
  SHN_XINDEX,
  SHT_NOBITS,
  SHT_REL,
  SHT_RELA,
  SHT_SYMTAB,
  SYMBOL_BINDINGS,
  SYMBOL_TYPES,
} from "./constants.js";
import { Names, Reader } from "./reader.js";
import type { ElfRelocation, ElfSection, ElfSymbol } from "./types.js";

interface Header {
  readonly wide: boolean;
  readonly little: boolean;
  readonly machine: number;
  readonly sectionsAt: number;
  readonly sectionSize: number;
  readonly sectionCount: number;
  readonly namesIndex: number;
}

/** An ELF file of either class and byte order, as far as BPF objects and kernels need it: sections, symbols, relocations. */
export class Elf {
  readonly byteOrder: ByteOrder;
  /** Bytes of an address: 8, or 4 for ELFCLASS32. */
  readonly addressSize: 4 | 8;
  /** `EM_*` of elf(5). */
  readonly machine: number;
  /** By index; the first is the empty section 0. */
  readonly sections: readonly ElfSection[];
  readonly #little: boolean;
  #symbols: readonly ElfSymbol[] | undefined;
  readonly #relocations: ReadonlyMap<number, readonly ElfSection[]>;

  /** Whether `bytes` start as an ELF file does. */
  static is(bytes: Uint8Array): boolean {
    return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  }

  /**
   * @throws FormatError for bytes that are not a whole ELF file. Nothing is copied: leave the bytes as they are.
   */
  static parse(bytes: Uint8Array): Elf {
    return new Elf(bytes);
  }

  private constructor(bytes: Uint8Array) {
    const header = readHeader(bytes);
    this.#little = header.little;
    this.byteOrder = header.little ? "little" : "big";
    this.addressSize = header.wide ? 8 : 4;
    this.machine = header.machine;
    this.sections = readSections(bytes, header);
    const relocations = new Map<number, ElfSection[]>();
    for (const section of this.sections) {
      if (section.type !== SHT_REL && section.type !== SHT_RELA) continue;
      relocations.set(section.info, [...(relocations.get(section.info) ?? []), section]);
    }
    this.#relocations = relocations;
  }

  /** By index; empty in a file without a symbol table. */
  get symbols(): readonly ElfSymbol[] {
    this.#symbols ??= readSymbols(this.sections, this.#little, this.addressSize === 8);
    return this.#symbols;
  }

  /** The first section of that name. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** The relocations of a section's bytes. */
  relocations(section: ElfSection): ElfRelocation[] {
    return (this.#relocations.get(section.index) ?? []).flatMap((table) =>
      this.#readRelocations(table),
    );
  }

  #readRelocations(table: ElfSection): ElfRelocation[] {
    const reader = new Reader(table.data, this.#little, label(table));
    const wide = this.addressSize === 8;
    const word = this.addressSize;
    const size = word * (table.type === SHT_RELA ? 3 : 2);
    const relocations: ElfRelocation[] = [];
    for (let at = 0; at + size <= reader.length; at += size) {
      const low = reader.u32(at + word + (wide && !this.#little ? 4 : 0));
      const symbol = wide ? reader.u32(at + word + (this.#little ? 4 : 0)) : low >>> 8;
      if (symbol >= Math.max(1, this.symbols.length)) {
        throw new FormatError(
          label(table),
          at,
          `the relocation at ${hex(at)} needs symbol ${symbol}, but there are ${this.symbols.length}`,
        );
      }
      const addendAt = at + 2 * word;
      relocations.push({
        offset: wide ? reader.u64(at) : reader.u32(at),
        symbol,
        type: wide ? low : low & 0xff,
        addend:
          table.type !== SHT_RELA
            ? undefined
            : wide
              ? reader.i64(addendAt)
              : reader.u32(addendAt) | 0,
      });
    }
    return relocations;
  }
}

function readHeader(bytes: Uint8Array): Header {
  if (!Elf.is(bytes))
    throw new FormatError("ELF", 0, "no ELF file: it does not start with 0x7f ELF");
  const elfClass = bytes[4];
  const data = bytes[5];
  if (elfClass !== CLASS_32 && elfClass !== CLASS_64)
    throw new FormatError("ELF", 4, `unknown class ${elfClass}`);
  if (data !== DATA_LITTLE && data !== DATA_BIG)
    throw new FormatError("ELF", 5, `unknown byte order ${data}`);
  const wide = elfClass === CLASS_64;
  const little = data === DATA_LITTLE;
  const reader = new Reader(bytes, little, "ELF");
  const sectionsAt = wide ? reader.u64(40) : reader.u32(32);
  const tail = wide ? 58 : 46;
  const sectionSize = reader.u16(tail);
  let sectionCount = reader.u16(tail + 2);
  let namesIndex = reader.u16(tail + 4);
  if (sectionsAt === 0) throw new FormatError("ELF", wide ? 40 : 32, "the file has no sections");
  if (sectionSize < (wide ? 64 : 40))
    throw new FormatError("ELF", tail, `section headers of ${sectionSize} bytes are too small`);
  // Numbers that do not fit 16 bits stand in section 0.
  if (sectionCount === 0)
    sectionCount = wide ? reader.u64(sectionsAt + 32) : reader.u32(sectionsAt + 20);
  if (namesIndex === SHN_XINDEX) namesIndex = reader.u32(sectionsAt + (wide ? 40 : 24));
  if (sectionsAt + sectionCount * sectionSize > bytes.length) {
    throw new FormatError(
      "ELF",
      sectionsAt,
      `${sectionCount} section headers at ${hex(sectionsAt)} leave the ${hex(bytes.length)} bytes of the file`,
    );
  }
  if (namesIndex >= sectionCount) {
    throw new FormatError(
      "ELF",
      tail + 4,
      `section names are in section ${namesIndex}, but there are ${sectionCount}`,
    );
  }
  const machine = reader.u16(18);
  return { wide, little, machine, sectionsAt, sectionSize, sectionCount, namesIndex };
}

function readSections(bytes: Uint8Array, header: Header): ElfSection[] {
  const { wide, sectionsAt, sectionSize, sectionCount, namesIndex } = header;
  const reader = new Reader(bytes, header.little, "ELF");
  const raw = (index: number) => {
    const at = sectionsAt + index * sectionSize;
    const word = (position: number) => {
      const offset = at + 8 + position * (wide ? 8 : 4);
      return wide ? reader.u64(offset) : reader.u32(offset);
    };
    // sh_flags, sh_addr, sh_offset, sh_size are words; sh_link and sh_info are 32 bits; then sh_addralign and sh_entsize.
    const linkAt = at + (wide ? 40 : 24);
    const type = reader.u32(at + 4);
    const fileOffset = word(2);
    const size = word(3);
    const inFile = type !== SHT_NOBITS && index !== 0;
    if (inFile && fileOffset + size > bytes.length) {
      throw new FormatError(
        "ELF",
        at,
        `section ${index} (${hex(fileOffset)} to ${hex(fileOffset + size)}) leaves the ${hex(bytes.length)} bytes of the file`,
      );
    }
    return {
      index,
      nameAt: reader.u32(at),
      type,
      flags: reader.u32(at + 8 + (wide && !header.little ? 4 : 0)),
      size,
      fileOffset,
      link: reader.u32(linkAt),
      info: reader.u32(linkAt + 4),
      alignment: wide ? reader.u64(linkAt + 8) : reader.u32(linkAt + 8),
      entrySize: wide ? reader.u64(linkAt + 16) : reader.u32(linkAt + 12),
      data: inFile ? bytes.subarray(fileOffset, fileOffset + size) : bytes.subarray(0, 0),
    };
  };
  const sections = Array.from({ length: sectionCount }, (_, index) => raw(index));
  const names = new Names(sections[namesIndex]?.data ?? new Uint8Array(), "ELF section names");
  return sections.map(({ nameAt, ...section }) => {
    const name = section.index === 0 ? "" : names.at(nameAt);
    if (section.flags & SHF_COMPRESSED && (name === ".BTF" || name === ".BTF.ext")) {
      throw new FormatError(name, 0, "is compressed; build the object without compressed sections");
    }
    return { ...section, name };
  });
}

/** What messages call a section: a corrupt file's may have no name. */
function label({ name, index }: ElfSection): string {
  return name === "" ? `ELF section ${index}` : name;
}

function readSymbols(sections: readonly ElfSection[], little: boolean, wide: boolean): ElfSymbol[] {
  const table = sections.find((section) => section.type === SHT_SYMTAB);
  if (table === undefined) return [];
  const strings = sections[table.link];
  if (strings === undefined) {
    throw new FormatError(
      label(table),
      0,
      `its names are in section ${table.link}, but there are ${sections.length}`,
    );
  }
  const reader = new Reader(table.data, little, label(table));
  const names = new Names(strings.data, label(strings));
  const size = wide ? 24 : 16;
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + size <= reader.length; at += size) {
    const info = reader.u8(at + (wide ? 4 : 12));
    const section = reader.u16(at + (wide ? 6 : 14));
    if (section < SHN_LORESERVE && section >= sections.length) {
      throw new FormatError(
        label(table),
        at,
        `symbol ${symbols.length} is in section ${section}, but there are ${sections.length}`,
      );
    }
    const nameAt = reader.u32(at);
    symbols.push({
      index: symbols.length,
      name: nameAt === 0 ? "" : names.at(nameAt),
      value: wide ? reader.u64(at + 8) : reader.u32(at + 4),
      size: wide ? reader.u64(at + 16) : reader.u32(at + 8),
      type: SYMBOL_TYPES[info & 0xf] ?? "other",
      binding: SYMBOL_BINDINGS[info >> 4] ?? "other",
      section: section < SHN_LORESERVE ? section : undefined,
    });
  }
  return symbols;
}
