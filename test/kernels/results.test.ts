import assert from "node:assert/strict";
import { readReport, table } from "./results.js";

const report = (passes: string[], failures: string[] = [], pending: string[] = []) =>
  readReport(
    JSON.stringify({
      passes: passes.map((fullTitle) => ({ fullTitle, err: {} })),
      failures: failures.map((fullTitle) => ({ fullTitle, err: { message: "no event" } })),
      pending: pending.map((fullTitle) => ({ fullTitle, err: {} })),
    }),
  );

describe("the table of results on several kernels", () => {
  it("has a row for each test and a column for each kernel", () => {
    const columns = new Map([
      ["6.1.0", report(["ring reads"], ["kprobe fires"])],
      ["6.12.9", report(["ring reads", "kprobe fires"], [], ["arena maps"])],
    ]);
    assert.equal(
      table(columns),
      [
        "              6.1.0    6.12.9",
        "ring reads    passed   passed",
        "kprobe fires  failed   passed",
        "arena maps    not run  skipped",
        "passed        1 of 2   2 of 3",
      ].join("\n"),
    );
  });

  it("keeps what a failure said", () => {
    assert.equal(report([], ["kprobe fires"])[0]?.error, "no event");
  });
});
