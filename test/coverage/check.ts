import type { Coverage, Entry } from "./entry.js";

/** How much of libbpf a module has. */
export interface Count {
  readonly covered: number;
  readonly excused: number;
  /** What is neither, a line each. */
  readonly problems: readonly string[];
}

/** Compares the table with libbpf's functions and with what the SDK exports. */
export function check(
  coverage: Coverage,
  functions: readonly string[],
  exports: ReadonlySet<string>,
): Count {
  const problems: string[] = [];
  let covered = 0;
  let excused = 0;
  for (const name of functions) {
    const problem = problemOf(Object.hasOwn(coverage, name) ? coverage[name] : undefined, exports);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
    else if ("covered" in (coverage[name] as Entry)) covered++;
    else excused++;
  }
  const known = new Set(functions);
  for (const name of Object.keys(coverage)) {
    if (!known.has(name)) problems.push(`${name}: the table has it and libbpf does not`);
  }
  return { covered, excused, problems };
}

function problemOf(entry: Entry | undefined, exports: ReadonlySet<string>): string | undefined {
  if (entry === undefined) return "it is neither covered nor excused";
  if ("missing" in entry) return `the SDK has nothing for ${entry.missing}`;
  if ("excused" in entry)
    return entry.excused === "" ? "it is excused without a reason" : undefined;
  if (entry.covered.length === 0) return "nothing is named that covers it";
  const gone = entry.covered.filter((name) => !exports.has(name));
  return gone.length === 0 ? undefined : `the SDK does not export ${gone.join(", ")}`;
}
