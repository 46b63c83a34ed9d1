/** `EM_BPF`, `include/uapi/linux/elf-em.h`. */
export const EM_BPF = 247;
/** Bytes of an `Elf64_Ehdr`, `include/uapi/linux/elf.h`. */
const HEADER = 64;
/** Bytes of an `Elf64_Shdr`. */
const SECTION = 64;
const SHT_NOBITS = 8;

/**
 * Finds the BPF objects that stand in a piece of memory, such as a module's data segment: 64-bit little-endian ELF files for the machine `EM_BPF`. How long
 * each is follows from its section headers, since an object file carries no length.
 */
export function findBpfObjects(memory: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const haystack = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
  const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  let from = 0;
  for (;;) {
    const at = haystack.indexOf(magic, from);
    if (at < 0) return found;
    const size = objectSize(memory.subarray(at));
    if (size > 0) found.push(memory.subarray(at, at + size));
    from = at + Math.max(size, magic.length);
  }
}

/** Length of the object at the start of `bytes`, or 0 if there is none or it does not fit. */
function objectSize(bytes: Uint8Array): number {
  if (bytes.length < HEADER) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(18, true) !== EM_BPF) return 0;
  const table = Number(view.getBigUint64(40, true));
  const entrySize = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  if (entrySize !== SECTION || table + count * SECTION > bytes.length) return 0;
  let end = Math.max(HEADER, table + count * SECTION);
  for (let i = 0; i < count; i++) {
    const header = table + i * SECTION;
    if (view.getUint32(header + 4, true) === SHT_NOBITS) continue;
    const sectionEnd =
      Number(view.getBigUint64(header + 24, true)) + Number(view.getBigUint64(header + 32, true));
    end = Math.max(end, sectionEnd);
  }
  return end <= bytes.length ? end : 0;
}
