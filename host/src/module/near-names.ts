/** At most this many names are offered. */
const MAX_NAMES = 3;

/**
 * The names that someone who wrote `wanted` may have meant, the nearest first: those that differ in a few letters, and those of which one begins with the other.
 */
export function nearNames(wanted: string, names: Iterable<string>): string[] {
  const limit = Math.ceil(wanted.length / 3);
  const near: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const a = wanted.toLowerCase();
    const b = name.toLowerCase();
    const prefix = a.length >= 2 && b.length >= 2 && (a.startsWith(b) || b.startsWith(a));
    const distance = Math.abs(a.length - b.length) > limit ? Infinity : editDistance(a, b);
    if (distance <= limit) near.push({ name, distance });
    else if (prefix) near.push({ name, distance: limit + 1 });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, MAX_NAMES).map(({ name }) => name);
}

/** `; did you mean "x" or "y"?`, or all the names if none is near and they are few, or nothing. */
export function suggestion(wanted: string, names: Iterable<string>, what: string): string {
  const all = [...new Set(names)];
  const near = nearNames(wanted, all);
  if (near.length > 0) return `; did you mean ${near.map((n) => `'${n}'`).join(" or ")}?`;
  if (all.length === 0) return `; it has no ${what}`;
  if (all.length > 8) return "";
  return `; it has ${all.map((n) => `'${n}'`).join(", ")}`;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
