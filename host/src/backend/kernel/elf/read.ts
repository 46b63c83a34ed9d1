/**
 * Just enough of ELF (`include/uapi/linux/elf.h`, and the System V ABI's chapter on object files) to tell whether libbpf may see a file at all: libbpf's parser
 * trusts its input more than a sandbox can.
 */

const SHT_NULL = 0;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
const SHN_XINDEX = 0xffff;

const ET_REL = 1;
const EM_BPF = 247;
const EHDR_SIZE = 64;
const SHDR_SIZE = 64;

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
  /** Its bytes in the file; empty for SHT_NOBITS. */
  readonly bytes: Uint8Array;
}

/** A file that is not a BPF ELF object. The message continues "it …". */
export class ElfError extends Error {}

/** The sections of a BPF ELF object. @throws ElfError */
export function readElf(file: Uint8Array): readonly ElfSection[] {
  if (file.length === 0) throw new ElfError("is empty");
  const magic = [0x7f, 0x45, 0x4c, 0x46];
  if (magic.some((byte, index) => index < file.length && file[index] !== byte)) {
    throw new ElfError("is not an ELF file");
  }
  if (file.length < EHDR_SIZE) throw new ElfError("ends inside the ELF header");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file[4] !== 2) throw new ElfError("is not a 64-bit ELF file, as BPF objects are");
  if (file[5] !== 1) {
    throw new ElfError(
      "is not little-endian, as this machine is: compile it with `clang -target bpfel`",
    );
  }
  const type = view.getUint16(16, true);
  const machine = view.getUint16(18, true);
  if (machine !== EM_BPF) {
    throw new ElfError(
      `is an ELF file for machine ${machine}, not for BPF (${EM_BPF}): compile it with \`clang -target bpf\``,
    );
  }
  if (type !== ET_REL) throw new ElfError("is no relocatable ELF object, as `clang -c` makes");

  const table = u64(view, 40);
  const count = view.getUint16(60, true);
  const names = view.getUint16(62, true);
  if (view.getUint16(58, true) !== SHDR_SIZE || table < EHDR_SIZE || count < 2) {
    throw new ElfError("has no usable section table");
  }
  if (table + count * SHDR_SIZE > file.length) {
    throw new ElfError(
      `is cut off: its section table ends at byte ${table + count * SHDR_SIZE} and the file at ${file.length}`,
    );
  }
  if (names === 0 || names === SHN_XINDEX || names >= count) {
    throw new ElfError("names no table of section names");
  }

  const raw = Array.from({ length: count }, (_, index) =>
    rawSection(file, view, table + index * SHDR_SIZE, index),
  );
  if (raw[0]?.type !== SHT_NULL)
    throw new ElfError("has a first section that is not the null section");
  const nameTable = (raw[names] as RawSection).bytes;
  return raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: section.index === 0 ? "" : stringAt(nameTable, nameOffset),
  }));
}

/** The NUL-terminated string at `offset` of a string table. @throws ElfError */
export function stringAt(table: Uint8Array, offset: number): string {
  const end = table.indexOf(0, offset);
  if (offset >= table.length || end < 0) {
    throw new ElfError(`refers to a name at byte ${offset}, outside its string table`);
  }
  return new TextDecoder("utf-8").decode(table.subarray(offset, end));
}

type RawSection = Omit<ElfSection, "name"> & { readonly nameOffset: number };

function rawSection(file: Uint8Array, view: DataView, at: number, index: number): RawSection {
  const type = view.getUint32(at + 4, true);
  const offset = u64(view, at + 24);
  const size = u64(view, at + 32);
  const inFile = type !== SHT_NOBITS && index !== 0;
  if (inFile && offset + size > file.length) {
    throw new ElfError(
      `is cut off: section ${index} ends at byte ${offset + size} and the file at ${file.length}`,
    );
  }
  return {
    index,
    nameOffset: view.getUint32(at, true),
    type,
    flags: u64(view, at + 8),
    offset,
    size,
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
    align: u64(view, at + 48),
    entrySize: u64(view, at + 56),
    bytes: inFile ? file.subarray(offset, offset + size) : file.subarray(0, 0),
  };
}

/** Beyond 2^53 precision does not matter: no file is that long. */
function u64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
