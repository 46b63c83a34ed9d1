import type { SYMBOL_BINDINGS, SYMBOL_TYPES } from "./constants.js";

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** `SHT_*` of elf(5). */
  readonly type: number;
  /** The low 32 bits of `SHF_*`. */
  readonly flags: number;
  /** Bytes in memory; `data` is shorter only for a section without bytes in the file, such as `.bss`. */
  readonly size: number;
  /** Where `data` starts in the file. */
  readonly fileOffset: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  /** A view of the file, not a copy. Empty for a section without bytes in the file. */
  readonly data: Uint8Array;
}

export interface ElfSymbol {
  readonly index: number;
  /** Empty for section symbols. */
  readonly name: string;
  /** In a relocatable file, bytes from the start of its section. */
  readonly value: number;
  /** Bytes. */
  readonly size: number;
  readonly type: (typeof SYMBOL_TYPES)[number] | "other";
  readonly binding: (typeof SYMBOL_BINDINGS)[number] | "other";
  /** Index of its section; 0 if it is undefined here, undefined if it belongs to none (absolute, common). */
  readonly section: number | undefined;
}

export interface ElfRelocation {
  /** Bytes from the start of the section that is relocated. */
  readonly offset: number;
  /** Index into the symbols; 0 for none. */
  readonly symbol: number;
  /** `R_BPF_*` or another machine's number. */
  readonly type: number;
  /** Undefined if it stands in the section's own bytes (`SHT_REL`, which BPF uses). */
  readonly addend: number | undefined;
}
