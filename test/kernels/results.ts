/** How one test ended on one kernel. */
export type Outcome = "passed" | "failed" | "skipped";

/** One test of a suite that ran on some kernel. */
export interface TestResult {
  /** Titles of its suites and its own. */
  readonly title: string;
  readonly outcome: Outcome;
  /** Of a failure: message and stack. */
  readonly error: string | undefined;
}

interface JsonTest {
  readonly fullTitle: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

interface JsonReport {
  readonly passes: readonly JsonTest[];
  readonly failures: readonly JsonTest[];
  readonly pending: readonly JsonTest[];
}

/** Reads what mocha's JSON reporter wrote. */
export function readReport(text: string): TestResult[] {
  const report = JSON.parse(text) as JsonReport;
  const results = (tests: readonly JsonTest[], outcome: Outcome): TestResult[] =>
    tests.map(({ fullTitle, err }) => ({
      title: fullTitle,
      outcome,
      error: err?.stack ?? err?.message,
    }));
  return [
    ...results(report.passes, "passed"),
    ...results(report.failures, "failed"),
    ...results(report.pending, "skipped"),
  ];
}

/**
 * The results as text: a row for each test, a column for each kernel.
 * @param columns names of kernels, in order, and what ran there
 */
export function table(columns: ReadonlyMap<string, readonly TestResult[]>): string {
  const titles = new Set([...columns.values()].flatMap((tests) => tests.map(({ title }) => title)));
  const rows = [
    ["", ...columns.keys()],
    ...[...titles].map((title) => [
      title,
      ...[...columns.values()].map(
        (tests) => tests.find((test) => test.title === title)?.outcome ?? "not run",
      ),
    ]),
    ["passed", ...[...columns.values()].map(summary)],
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function summary(tests: readonly TestResult[]): string {
  return `${tests.filter(({ outcome }) => outcome === "passed").length} of ${tests.length}`;
}
