/** How one test ended on one kernel. */
export interface TestResult {
  /** Where it is written. */
  readonly file: string;
  /** Titles of its suites and its own. */
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Of a failure: message and stack. */
  readonly error?: string;
}

/** What a line of results begins with, so that nothing that a test prints is taken for one. */
export const MARK = "wbpf-test-result ";

/** The results in what reporter.ts printed. */
export function readResults(stdout: string): TestResult[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)) as TestResult);
}

/** Reads results out of what arrives in pieces. */
export class Progress {
  #line = "";

  /** The results that are complete with this piece. */
  add(text: string): TestResult[] {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    return readResults(lines.join("\n"));
  }
}

/**
 * The results as text: a row for each test, a column for each kernel.
 * @param columns names of kernels, in order, and what ran there
 */
export function table(columns: ReadonlyMap<string, readonly TestResult[]>): string {
  const all = [...columns.values()];
  const titles = new Set(all.flatMap((tests) => tests.map(({ title }) => title)));
  const outcome = (tests: readonly TestResult[], title: string) =>
    tests.find((test) => test.title === title)?.outcome ?? "not run";
  const rows = [
    ["", ...columns.keys()],
    ...[...titles].map((title) => [title, ...all.map((tests) => outcome(tests, title))]),
    ["passed", ...all.map(summary)],
    ["seconds", ...all.map((tests) => (sum(tests) / 1000).toFixed(0))],
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const sum = (tests: readonly TestResult[]) => tests.reduce((total, { ms }) => total + ms, 0);

function summary(tests: readonly TestResult[]): string {
  return `${tests.filter(({ outcome }) => outcome === "passed").length} of ${tests.length}`;
}
