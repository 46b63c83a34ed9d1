import { bpfError } from "../explain/errno.js";
import { ElfError, type ElfSection, readElf } from "./read.js";

const EINVAL = 22;

/** The sections of a BPF object that libbpf may see. @throws BpfError `EINVAL` */
export function checkElf(file: Uint8Array, name: string): readonly ElfSection[] {
  try {
    return readElf(file);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw bpfError(EINVAL, `cannot open BPF object '${name}': it ${error.message}`);
  }
}
