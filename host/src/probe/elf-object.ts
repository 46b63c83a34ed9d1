/** Sizes and numbers of `elf(5)`; EM_BPF is of `include/uapi/linux/elf-em.h`. */
const HEADER_SIZE = 64;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const ET_REL = 1;
const EM_BPF = 247;
const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const GLOBAL_FUNCTION = (1 << 4) | 2;

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
  /** For a symbol table: the index of its string table, the first symbol that is not local, the size of one. */
  readonly link?: number;
  readonly info?: number;
  readonly entrySize?: number;
}

/**
 * A BPF object with one program, as a compiler would write it: the shortest way to ask libbpf for what the tools ask it for.
 * @param section the program's `SEC()` name
 * @param program its name
 * @param code `struct bpf_insn`, 8 bytes each
 */
export function objectWith(section: string, program: string, code: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const symbols = new Uint8Array(2 * SYMBOL_SIZE);
  const symbol = new DataView(symbols.buffer, SYMBOL_SIZE);
  symbol.setUint32(0, 1, true);
  symbol.setUint8(4, GLOBAL_FUNCTION);
  symbol.setUint16(6, 1, true);
  symbol.setBigUint64(16, BigInt(code.length), true);
  const sections: Section[] = [
    { name: section, type: SHT_PROGBITS, flags: SHF_ALLOC | SHF_EXECINSTR, bytes: code },
    {
      name: "license",
      type: SHT_PROGBITS,
      flags: SHF_ALLOC | SHF_WRITE,
      bytes: encoder.encode("GPL\0"),
    },
    { name: ".symtab", type: SHT_SYMTAB, flags: 0, bytes: symbols, ...SYMTAB },
  ];
  // One table for the names of symbols and of sections: the program's first, as the symbol says.
  const names = ["", program, ...sections.map(({ name }) => name), ".strtab"];
  const text = encoder.encode(names.map((name) => `${name}\0`).join(""));
  sections.push({ name: ".strtab", type: SHT_STRTAB, flags: 0, bytes: text });
  return layOut(sections, (index) => offsetOf(names, index + 2));
}

const SYMTAB = { link: 4, info: 1, entrySize: SYMBOL_SIZE };

function offsetOf(names: readonly string[], index: number): number {
  return names
    .slice(0, index)
    .reduce((sum, name) => sum + new TextEncoder().encode(name).length + 1, 0);
}

function layOut(sections: readonly Section[], nameOffset: (index: number) => number): Uint8Array {
  const aligned = (size: number) => (size + 7) & ~7;
  const bodies = sections.reduce((sum, { bytes }) => sum + aligned(bytes.length), 0);
  const table = HEADER_SIZE + bodies;
  const file = new Uint8Array(table + (sections.length + 1) * SECTION_HEADER_SIZE);
  const view = new DataView(file.buffer);
  // Magic number, 64 bits, little-endian, version 1.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, ET_REL, true);
  view.setUint16(18, EM_BPF, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(40, BigInt(table), true);
  view.setUint16(52, HEADER_SIZE, true);
  view.setUint16(58, SECTION_HEADER_SIZE, true);
  view.setUint16(60, sections.length + 1, true);
  view.setUint16(62, sections.length, true);
  let at = HEADER_SIZE;
  for (const [i, { type, flags, bytes, link = 0, info = 0, entrySize = 0 }] of sections.entries()) {
    file.set(bytes, at);
    const header = table + (i + 1) * SECTION_HEADER_SIZE;
    view.setUint32(header, nameOffset(i), true);
    view.setUint32(header + 4, type, true);
    view.setBigUint64(header + 8, BigInt(flags), true);
    view.setBigUint64(header + 24, BigInt(at), true);
    view.setBigUint64(header + 32, BigInt(bytes.length), true);
    view.setUint32(header + 40, link, true);
    view.setUint32(header + 44, info, true);
    view.setBigUint64(header + 48, 8n, true);
    view.setBigUint64(header + 56, BigInt(entrySize), true);
    at += aligned(bytes.length);
  }
  return file;
}
