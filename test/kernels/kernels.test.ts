import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { Process, root } from "../support/wbpf.js";
import { guestSuite } from "../vm/available.js";
import { kernel } from "../vm/kernel.js";
import { readReport, type TestResult, table } from "./results.js";
import { EXCLUDED, LINES, suites } from "./suites.js";

/** A guest emulates its processor, and shares the real one with its twin. */
const GUEST_LIMIT_MS = 1_800_000;
const TEST_LIMIT_MS = 300_000;

const columns = new Map<string, readonly TestResult[]>();

/** mocha's command line; its report goes to a file, for the tests print too. */
const mocha = (report: string) => [
  process.execPath,
  join(root, "node_modules/mocha/bin/mocha.js"),
  ...["--reporter", "json", "--reporter-option", `output=${report}`],
  ...["--timeout", String(TEST_LIMIT_MS)],
  ...suites(),
];

/** Fails with every failure that the other mocha reported, and its reason. */
function assertAllPassed(results: readonly TestResult[]): void {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const text = failed.map(({ title, error }) => `${title}\n${error}`).join("\n\n");
  assert.equal(failed.length, 0, text);
  assert.ok(
    results.some(({ outcome }) => outcome === "passed"),
    "no test ran",
  );
}

describe("on every kernel", function () {
  this.timeout(GUEST_LIMIT_MS);
  after(async () => {
    await Promise.all(LINES.map((line) => kernel(line).close()));
    if (columns.size > 0) process.stdout.write(`\n${table(columns)}\n\n`);
  });

  it("leaves out only suites that there are", () => {
    for (const file of Object.keys(EXCLUDED)) assert.ok(existsSync(join(root, file)), file);
  });

  kernelSuite("the machine's own kernel", () => {
    it("passes the suites that need one", async () => {
      const folder = mkdtempSync(join(tmpdir(), "wbpf-kernels-"));
      try {
        const report = join(folder, "report.json");
        const [command = "", ...args] = mocha(report);
        const ended = await new Process(command, args, { cwd: root, limitMs: GUEST_LIMIT_MS })
          .ended;
        const results = readReport(whenThere(report, ended.stderr));
        columns.set(release(), results);
        assertAllPassed(results);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });

  for (const line of LINES) {
    guestSuite(line, `Debian's kernel ${line}`, () => {
      it("passes the suites that need one", async () => {
        const report = "/tmp/wbpf-report.json";
        const env = { WBPF_TEST_BUILT: "1" };
        const ran = await kernel(line).run(mocha(report), { timeoutMs: GUEST_LIMIT_MS, env });
        assert.notEqual(
          ran.code,
          undefined,
          `not done in ${GUEST_LIMIT_MS / 1000} s: ${ran.stdout}`,
        );
        const { stdout } = await kernel(line).run(["cat", report]);
        assert.notEqual(stdout, "", `mocha ended with ${ran.code}: ${ran.stderr}${ran.stdout}`);
        const results = readReport(stdout);
        const name = await kernel(line).run(["uname", "-r"]);
        columns.set(name.stdout.trim(), results);
        assertAllPassed(results);
      });
    });
  }
});

function whenThere(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Error(`mocha wrote no report: ${otherwise}`);
  }
}
