import { closeSync, openSync, readSync } from "node:fs";
import { ElfError } from "./read.js";

const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const EHDR_SIZE = 64;
const SHDR_SIZE = 64;
const SYMBOL_SIZE = 24;
/** A table larger than this is not read: no file has so many functions, and a hostile one must not use up the memory. */
const MAX_TABLE = 512 * 1024 * 1024;

interface Header {
  readonly type: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * The functions that an ELF file defines, in its symbol table and its dynamic one, with the offset in the file of their first instruction: what a uprobe is placed at.
 * @throws ElfError; what the file system says otherwise
 */
export function readFunctions(path: string): Map<string, bigint> {
  const fd = openSync(path, "r");
  try {
    return functionsOf((offset, size) => readAt(fd, offset, size));
  } finally {
    closeSync(fd);
  }
}

/** Reads a part of a file whole. */
export type Read = (offset: number, size: number) => Buffer;

/** A function: where its name stands in the table of names, its first instruction in the file, and its length, 0 if the file does not say. */
export type VisitFunction = (names: Buffer, name: number, offset: bigint, size: bigint) => void;

/** Of an open file. @throws ElfError */
export function readAt(fd: number, offset: number, size: number, most = MAX_TABLE): Buffer {
  if (size > most) throw new ElfError("has a table that is too large");
  const bytes = Buffer.alloc(size);
  const count = readSync(fd, bytes, 0, size, offset);
  if (count < size) throw new ElfError("is cut off");
  return bytes;
}

function functionsOf(read: Read): Map<string, bigint> {
  const functions = new Map<string, bigint>();
  visitFunctions(read, (names, start, offset) => {
    const end = names.indexOf(0, start);
    if (end <= start) return;
    const name = names.toString("utf8", start, end);
    if (!functions.has(name)) functions.set(name, offset);
  });
  return functions;
}

/** Visits the functions that an ELF file defines, those of its symbol table and of its dynamic one, some of them twice. @throws ElfError */
export function visitFunctions(read: Read, visit: VisitFunction): void {
  const header = readHeader(read);
  if (header.readUInt32BE(0) !== 0x7f454c46) throw new ElfError("is not an ELF file");
  if (header[4] !== 2 || header[5] !== 1) {
    throw new ElfError("is not a 64-bit little-endian ELF file");
  }
  const sections = readSections(read, header);
  for (const section of sections) {
    if (section.type !== SHT_SYMTAB && section.type !== SHT_DYNSYM) continue;
    const names = sections[section.link];
    if (names !== undefined) visitTable(read, section, names, sections, visit);
  }
}

function readHeader(read: Read): Buffer {
  try {
    return read(0, EHDR_SIZE);
  } catch (error) {
    if (error instanceof ElfError) throw new ElfError("is not an ELF file");
    throw error;
  }
}

function readSections(read: Read, header: Buffer): readonly Header[] {
  const count = header.readUInt16LE(60);
  if (count === 0 || header.readUInt16LE(58) !== SHDR_SIZE) return [];
  const table = read(Number(header.readBigUInt64LE(40)), count * SHDR_SIZE);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SHDR_SIZE;
    return {
      type: table.readUInt32LE(at + 4),
      address: table.readBigUInt64LE(at + 16),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    };
  });
}

function visitTable(
  read: Read,
  table: Header,
  names: Header,
  sections: readonly Header[],
  visit: VisitFunction,
): void {
  const symbols = read(table.offset, table.size);
  const text = read(names.offset, names.size);
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    const type = symbols.readUInt8(at + 4) & 0xf;
    if (type !== STT_FUNC && type !== STT_GNU_IFUNC) continue;
    const section = sections[symbols.readUInt16LE(at + 6)];
    const value = symbols.readBigUInt64LE(at + 8);
    const start = symbols.readUInt32LE(at);
    // Section 0: the function is another file's.
    if (section === undefined || section === sections[0] || value === 0n) continue;
    const offset = value - section.address + BigInt(section.offset);
    visit(text, start, offset, symbols.readBigUInt64LE(at + 16));
  }
}
