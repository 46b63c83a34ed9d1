import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/** Bits of a file's mode for its owner; shifted right by 3 for its group, by 6 for others. */
const READ = 0o400;
const SEARCH = 0o100;

/**
 * Whether this process reads a path by its user and groups alone. access(2) would count the capabilities in, which are about to be given up. A path that is not
 * there counts as readable: no capability helps.
 */
export function reachable(path: string): boolean {
  try {
    for (let at = path; ; at = dirname(at)) {
      const stats = statSync(at);
      const needed = (at === path ? READ : 0) | (stats.isDirectory() ? SEARCH : 0);
      if (!permits(stats, needed)) return false;
      if (at === "/" || at === ".") return true;
    }
  } catch {
    return true;
  }
}

function permits({ mode, uid, gid }: Stats, needed: number): boolean {
  const own = process.geteuid?.() === uid;
  const ofGroup = process.getegid?.() === gid || process.getgroups?.().includes(gid);
  const shift = own ? 0 : ofGroup ? 3 : 6;
  return (mode & (needed >> shift)) === needed >> shift;
}
