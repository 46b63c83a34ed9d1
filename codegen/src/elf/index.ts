/**
 * Reads ELF files: sections, symbols and relocations.
 *
 * @module
 */

export { Elf } from "./elf.js";
export type * from "./types.js";
