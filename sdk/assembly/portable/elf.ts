/**
 * Finds a section of a 64-bit little-endian ELF file in this module's memory: where the initial values of global variables stand. `include/uapi/linux/elf.h`.
 *
 * @module
 */

/** Offsets in `Elf64_Ehdr`. */
const SECTION_TABLE: usize = 40;
const SECTION_COUNT: usize = 60;
const NAMES_INDEX: usize = 62;
const HEADER_SIZE: usize = 64;
/** Bytes of an `Elf64_Shdr`, and offsets in it. */
const ENTRY: usize = 64;
const TYPE: usize = 4;
const OFFSET: usize = 24;
const SIZE: usize = 32;
/** A section that takes no room in the file: zeros. */
const SHT_NOBITS: u32 = 8;

/** Whether an ELF file begins at `bytes`. */
export function isElf(bytes: usize, length: usize): bool {
  return length >= HEADER_SIZE && load<u32>(bytes) == 0x464c_457f;
}

/** A section of the file. */
export class ElfSection {
  constructor(
    /** The address of its bytes; 0 for one that is all zeros. */
    readonly address: usize,
    readonly size: usize,
  ) {}
}

function equals(text: usize, name: string): bool {
  for (let i = 0; i < name.length; i++) {
    if (<i32>load<u8>(text + i) != name.charCodeAt(i)) return false;
  }
  return load<u8>(text + name.length) == 0;
}

/** The section of that name, or null. The file is the tool's own, made by clang: its offsets are believed. */
export function findSection(bytes: usize, name: string): ElfSection | null {
  const table = bytes + <usize>load<u64>(bytes, SECTION_TABLE);
  const count = <usize>load<u16>(bytes, SECTION_COUNT);
  const names =
    bytes + <usize>load<u64>(table + ENTRY * <usize>load<u16>(bytes, NAMES_INDEX), OFFSET);
  for (let i: usize = 0; i < count; i++) {
    const entry = table + ENTRY * i;
    if (!equals(names + <usize>load<u32>(entry), name)) continue;
    const address =
      load<u32>(entry, TYPE) == SHT_NOBITS ? <usize>0 : bytes + <usize>load<u64>(entry, OFFSET);
    return new ElfSection(address, <usize>load<u64>(entry, SIZE));
  }
  return null;
}
