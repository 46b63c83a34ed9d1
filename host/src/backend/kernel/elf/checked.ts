import { sha256 } from "../../../inspect/hash.js";
import { checkElf } from "./check.js";
import { hasPassed, passedObjects, remember } from "./passed.js";
import type { ElfSection } from "./read.js";

/** {@link checkElf}, and remembers that the object passed. */
export function checkAndRemember(file: Uint8Array, name: string): readonly ElfSection[] {
  const sections = checkElf(file, name);
  remember([sha256(file)]);
  return sections;
}

/**
 * {@link checkElf} unless the same bytes have passed it: `wbpf run` looks at the objects of a module before it runs, and the check takes longer than all else that opening one takes.
 * @throws BpfError `EINVAL`
 */
export function checkOnce(file: Uint8Array, name: string): void {
  if (passedObjects().length === 0 || !hasPassed(sha256(file))) checkElf(file, name);
}
