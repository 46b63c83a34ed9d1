import assert from "node:assert/strict";
import { MARK, Progress, readResults, type TestResult, table } from "./results.js";

const result = (title: string, outcome: TestResult["outcome"], ms = 400): TestResult => ({
  file: "x.test.ts",
  title,
  outcome,
  ms,
});

describe("the table of results on several kernels", () => {
  it("has a row for each test and a column for each kernel", () => {
    const columns = new Map([
      ["6.1.0", [result("ring reads", "passed"), result("kprobe fires", "failed", 1_000)]],
      [
        "6.12.9",
        [
          result("ring reads", "passed"),
          result("kprobe fires", "passed"),
          result("arena maps", "skipped", 0),
        ],
      ],
    ]);
    assert.equal(
      table(columns),
      [
        "              6.1.0    6.12.9",
        "ring reads    passed   passed",
        "kprobe fires  failed   passed",
        "arena maps    not run  skipped",
        "passed        1 of 2   2 of 3",
        "seconds       1        1",
      ].join("\n"),
    );
  });

  it("is read from the lines that have the mark, whatever else was printed", () => {
    const failed: TestResult = { ...result("a", "failed"), error: "no\nevent" };
    const text = `noise\n${MARK}${JSON.stringify(failed)}\nmore {"title":1}\n`;
    assert.deepEqual(readResults(text), [failed]);
  });

  it("is read while it comes, in whatever pieces", () => {
    const [first, second] = [result("a", "passed"), result("b", "skipped")];
    const text = `${[first, second].map((each) => `${MARK}${JSON.stringify(each)}`).join("\n")}\n`;
    const progress = new Progress();
    const read = [...text].flatMap((character) => progress.add(character));
    assert.deepEqual(read, [first, second]);
  });
});
