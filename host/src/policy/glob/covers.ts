/** Positions looked at, after which the answer is no, which is the careful one: well under a second. */
const MAX_WORK = 2_000_000;

/** One element of a pattern. `many`: any number of them. */
interface Element {
  /** `undefined`: any character but `/`; `"any"`: any character. */
  readonly char: string | undefined | "any";
  readonly many: boolean;
}

/** As {@link matches} reads it. */
function elements(pattern: string): Element[] {
  const found: Element[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === "*") {
      const deep = pattern[i + 1] === "*";
      if (deep) i++;
      found.push({ char: deep ? "any" : undefined, many: true });
    } else {
      found.push({ char: char === "?" ? undefined : char, many: false });
    }
  }
  return found;
}

const takes = ({ char }: Element, letter: string): boolean =>
  char === "any" || (char === undefined ? letter !== "/" : char === letter);

/** Positions that are reached without a letter: past everything that may stand for nothing. */
function closed(pattern: readonly Element[], positions: Iterable<number>): Set<number> {
  const all = new Set(positions);
  for (const position of all) if (pattern[position]?.many) all.add(position + 1);
  return all;
}

function step(pattern: readonly Element[], positions: Iterable<number>, letter: string) {
  const next = new Set<number>();
  for (const position of positions) {
    const element = pattern[position];
    if (element === undefined || !takes(element, letter)) continue;
    next.add(element.many ? position : position + 1);
  }
  return closed(pattern, next);
}

/**
 * Whether every text that `narrow` matches is matched by one of `wide`. Where that takes too long to find out, the answer is no.
 *
 * Both are run at once as automata over the letters that occur in them, `/`, and one that stands for all others: a text that only `narrow` takes would be found.
 */
export function covers(wide: readonly string[], narrow: string): boolean {
  if (wide.includes(narrow) || wide.includes("**")) return true;
  const wider = wide.map(elements);
  const narrower = elements(narrow);
  const letters = alphabet([...wide, narrow]);
  const start = {
    narrow: closed(narrower, [0]),
    wide: wider.map((pattern) => closed(pattern, [0])),
  };
  const seen = new Set<string>();
  const queue = [start];
  let work = 0;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const accepted = state.wide.some((at, i) => at.has(wider[i]?.length ?? -1));
    if (state.narrow.has(narrower.length) && !accepted) return false;
    for (const letter of letters) {
      const narrowNext = step(narrower, state.narrow, letter);
      if (narrowNext.size === 0) continue;
      const wideNext = state.wide.map((at, i) => step(wider[i] ?? [], at, letter));
      work += wideNext.reduce((sum, at) => sum + at.size, narrowNext.size);
      if (work > MAX_WORK) return false;
      const key = [narrowNext, ...wideNext].map((set) => [...set].sort().join()).join("|");
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ narrow: narrowNext, wide: wideNext });
    }
  }
  return true;
}

/** No character of any pattern, so that it stands for all that none of them names. */
const OTHER = "\u0000";

const alphabet = (patterns: readonly string[]): string[] => [
  ...new Set([OTHER, "/", ...patterns.join("").replaceAll(/[*?]/g, "")]),
];
