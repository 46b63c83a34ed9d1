import Mocha from "mocha";
import { MARK, type TestResult } from "./results.js";

/** Prints each test as it ends, a line of JSON behind a mark: what was done is known even if the rest never comes. */
export default class LineReporter {
  constructor(runner: Mocha.Runner) {
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;
    const report = (test: Mocha.Test, outcome: TestResult["outcome"], error?: Error): void => {
      const result: TestResult = {
        file: test.file ?? "",
        title: test.fullTitle(),
        outcome,
        ms: test.duration ?? 0,
        ...(error === undefined ? {} : { error: error.stack ?? error.message }),
      };
      process.stdout.write(`\n${MARK}${JSON.stringify(result)}\n`);
    };
    runner.on(EVENT_TEST_PASS, (test) => report(test, "passed"));
    runner.on(EVENT_TEST_FAIL, (test, error) => report(test, "failed", error));
    runner.on(EVENT_TEST_PENDING, (test) => report(test, "skipped"));
  }
}
