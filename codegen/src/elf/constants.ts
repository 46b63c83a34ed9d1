/** Numbers of the ELF format that BPF objects use, from elf(5) and `/usr/include/elf.h`. */

export const CLASS_32 = 1;
export const CLASS_64 = 2;
export const DATA_LITTLE = 1;
export const DATA_BIG = 2;

export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;

export const SHF_EXECINSTR = 4;
export const SHF_COMPRESSED = 0x800;

/** Section numbers from here on mean something else than a section. */
export const SHN_LORESERVE = 0xff00;
export const SHN_XINDEX = 0xffff;

export const EM_NONE = 0;
export const EM_BPF = 247;

export const SYMBOL_TYPES = ["notype", "object", "func", "section", "file"] as const;
export const SYMBOL_BINDINGS = ["local", "global", "weak"] as const;
