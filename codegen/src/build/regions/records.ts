import type { MemoryUse } from "./memory.js";
import { ALLOCATORS, RESET, shownName } from "./names.js";

/**
 * What makes an object while a record is handled, as a sentence's part: which function of the user calls what. Undefined if nothing does: then a record takes no memory at all. Of what
 * is made only the first time, and stays, nothing is said.
 */
export function madeForRecords({ facts }: MemoryUse): string | undefined {
  const seen = new Set<string>();
  const find = (name: string, user: string | undefined): string | undefined => {
    const known = facts.get(name);
    if (known === undefined || known.keeps || seen.has(name)) return undefined;
    seen.add(name);
    for (const { callees } of known.calls) {
      for (const callee of callees) {
        if (ALLOCATORS.includes(callee))
          return user === undefined ? shownName(name) : `${shownName(user)} (${shownName(name)})`;
        const found = find(callee, callee.startsWith("~lib/") ? user : callee);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
  for (const { tree, calls } of facts.values()) {
    if (!calls.some(({ callees }) => callees.includes(RESET))) continue;
    const found = find(tree.name, undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
