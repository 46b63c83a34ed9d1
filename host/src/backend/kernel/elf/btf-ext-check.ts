import type { CheckedBtf } from "./btf-check.js";
import { ElfError } from "./read.js";

/**
 * Checks a `.BTF.ext` section (Documentation/bpf/btf.rst): function and line information and CO-RE relocations, each as records by section, refer to types and
 * strings that `.BTF` has.
 */

const MAGIC = 0xeb9f;
/** Without the CO-RE part, which the header's length tells. */
const SHORT_HEADER = 24;
const LONG_HEADER = 32;

interface Part {
  readonly name: string;
  /** Where the header keeps the part's offset and length. */
  readonly at: number;
  readonly recordSize: number;
  /** Words of a record that are offsets of strings, and ids of types. */
  readonly strings: readonly number[];
  readonly types: readonly number[];
}

const PARTS: readonly Part[] = [
  { name: "func_info", at: 8, recordSize: 8, strings: [], types: [4] },
  { name: "line_info", at: 16, recordSize: 16, strings: [4, 8], types: [] },
  { name: "core_relo", at: 24, recordSize: 16, strings: [8], types: [4] },
];

/** @throws ElfError */
export function checkBtfExt(section: Uint8Array, btf: CheckedBtf): void {
  if (section.length < SHORT_HEADER) throw broken("its header is cut off");
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  if (view.getUint16(0, true) !== MAGIC) throw broken("it does not start as BTF does");
  const header = view.getUint32(4, true);
  if (header < SHORT_HEADER || header > section.length) throw broken("its header is cut off");
  for (const part of PARTS) {
    if (part.at === SHORT_HEADER && header < LONG_HEADER) continue;
    const start = header + view.getUint32(part.at, true);
    const length = view.getUint32(part.at + 4, true);
    if (length === 0) continue;
    if (start % 4 !== 0 || start + length > section.length) {
      throw broken(`${part.name} leaves the section`);
    }
    checkPart(view, start, start + length, part, btf);
  }
}

function checkPart(view: DataView, start: number, end: number, part: Part, btf: CheckedBtf): void {
  if (end - start < 4) throw broken(`${part.name} is cut off`);
  const recordSize = view.getUint32(start, true);
  if (recordSize < part.recordSize || recordSize % 4 !== 0) {
    throw broken(`${part.name} has records of ${recordSize} bytes`);
  }
  const checkString = (offset: number) => {
    if (offset >= btf.stringBytes) throw broken(`${part.name} refers to a string outside BTF`);
  };
  for (let at = start + 4; at < end; ) {
    if (at + 8 > end) throw broken(`${part.name} is cut off`);
    checkString(view.getUint32(at, true));
    const count = view.getUint32(at + 4, true);
    at += 8;
    if (count === 0 || at + count * recordSize > end) throw broken(`${part.name} is cut off`);
    for (let record = 0; record < count; record++, at += recordSize) {
      for (const word of part.strings) checkString(view.getUint32(at + word, true));
      for (const word of part.types) {
        if (view.getUint32(at + word, true) >= btf.typeCount) {
          throw broken(`${part.name} refers to a type that BTF lacks`);
        }
      }
    }
  }
}

const broken = (what: string) => new ElfError(`has a .BTF.ext section that is broken: ${what}`);
