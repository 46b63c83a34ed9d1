import { bpfError } from "../explain/errno.js";
import { checkBtf } from "./btf-check.js";
import { checkBtfExt } from "./btf-ext-check.js";
import { ElfError, type ElfSection, readElf, SHT_PROGBITS } from "./read.js";
import { checkTables } from "./tables-check.js";

const EINVAL = 22;

/**
 * The sections of a BPF object that libbpf may see. A module brings its object with it, so what parses the object stands at the sandbox's wall; libbpf trusts
 * an object's inner references more than that allows, and is shown only those that hold.
 * @throws BpfError `EINVAL`
 */
export function checkElf(file: Uint8Array, name: string): readonly ElfSection[] {
  try {
    const sections = readElf(file);
    checkTables(sections);
    checkTypes(sections);
    return sections;
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw bpfError(EINVAL, `cannot open BPF object '${name}': it ${error.message}`);
  }
}

function checkTypes(sections: readonly ElfSection[]): void {
  const btf = one(sections, ".BTF");
  const ext = one(sections, ".BTF.ext");
  if (btf !== undefined) {
    const checked = checkBtf(btf.bytes);
    if (ext !== undefined) checkBtfExt(ext.bytes, checked);
  }
}

function one(sections: readonly ElfSection[], name: string): ElfSection | undefined {
  const [section, ...more] = sections.filter((candidate) => candidate.name === name);
  if (more.length > 0) throw new ElfError(`has two sections '${name}'`);
  if (section !== undefined && section.type !== SHT_PROGBITS) {
    throw new ElfError(`has a section '${name}' without content`);
  }
  return section;
}
