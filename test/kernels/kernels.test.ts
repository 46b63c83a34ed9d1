import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { Process, root } from "../support/wbpf.js";
import { guestSuite, whyNoGuest } from "../vm/available.js";
import { kernel } from "../vm/kernel.js";
import { GuestDied, type GuestResult } from "../vm/machine.js";
import { Progress, readResults, type TestResult, table } from "./results.js";
import { EXCLUDED, LINES, LONG, lines, suites } from "./suites.js";

/** Whether somebody asked for more suites, or for others: they take long, and whoever waits wants to see them pass. */
const CHOSEN = process.env.WBPF_TEST_SUITES !== undefined;
/** A guest emulates its processor, and shares the real one with its twin. */
const GUEST_LIMIT_MS = CHOSEN ? 7_200_000 : 1_800_000;
const TEST_LIMIT_MS = 600_000;

const columns = new Map<string, readonly TestResult[]>();

/** mocha's command line. */
const mocha = () => [
  process.execPath,
  join(root, "node_modules/mocha/bin/mocha.js"),
  ...["--reporter", join(root, "test/kernels/reporter.ts")],
  ...["--timeout", String(TEST_LIMIT_MS)],
  ...suites(),
];

interface GuestRun {
  /** As `uname -r` prints it. */
  readonly name: string;
  readonly ended: GuestResult;
}

const runs = new Map<string, Promise<GuestRun>>();

/** Prints each result as it comes, if {@link CHOSEN}. */
function heard(name: string): (text: string) => void {
  const progress = new Progress();
  return (text) => {
    if (!CHOSEN) return;
    for (const { outcome, title, ms } of progress.add(text)) {
      process.stderr.write(`${name}  ${outcome}  ${title}  ${(ms / 1000).toFixed(1)} s\n`);
    }
  };
}

async function runInGuest(line: string): Promise<GuestRun> {
  const env = { WBPF_TEST_BUILT: "1" };
  const { stdout } = await kernel(line).run(["uname", "-r"]);
  const once = () =>
    kernel(line).run(mocha(), { ...{ timeoutMs: GUEST_LIMIT_MS, env }, heard: heard(line) });
  const ended = await once().catch((error: unknown) => {
    if (!(error instanceof GuestDied)) throw error;
    // An emulated processor has faults of its own. What dies of a program dies again.
    process.stderr.write(`${line} died, and is booted once more: ${error.message}\n`);
    return once();
  });
  await kernel(line).close();
  return { name: stdout.trim(), ended };
}

/** Fails with every failure that the other mocha reported, and its reason; or with how it ended, if it reported nothing. */
function assertAllPassed(results: readonly TestResult[], end: string): void {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  const text = failed.map(({ title, error }) => `${title}\n${error}`).join("\n\n");
  assert.equal(failed.length, 0, text);
  assert.ok(
    results.some(({ outcome }) => outcome === "passed"),
    `no test ran, ${end}`,
  );
}

describe("on every kernel", function () {
  this.timeout(GUEST_LIMIT_MS);
  after(async () => {
    await Promise.all(LINES.map((line) => kernel(line).close()));
    if (columns.size > 0) process.stdout.write(`\n${table(columns)}\n\n`);
  });

  it("leaves out only suites that there are", () => {
    for (const file of [...Object.keys(EXCLUDED), ...LONG]) {
      assert.ok(existsSync(join(root, file)), file);
    }
  });

  kernelSuite("the machine's own kernel", () => {
    it("passes the suites that need one", async () => {
      const [command = "", ...args] = mocha();
      const own = new Process(command, args, { cwd: root, limitMs: GUEST_LIMIT_MS });
      own.child.stdout?.on("data", heard(release()));
      const ended = await own.ended;
      record(release(), ended.code, ended);
    });
  });

  const wanted = lines();
  for (const line of wanted) {
    guestSuite(line, `Debian's kernel ${line}`, () => {
      // Each guest has one busy processor, so they run beside each other, and wait here for whoever comes later.
      before(() => {
        for (const each of wanted) {
          if (runs.has(each) || whyNoGuest(each) !== undefined) continue;
          const run = runInGuest(each);
          // The test of that kernel reports it.
          run.catch(() => {});
          runs.set(each, run);
        }
      });

      it("passes the suites that need one", async () => {
        const { name, ended } = (await runs.get(line)) as GuestRun;
        record(name, ended.code, ended);
      });
    });
  }
});

/** Keeps the results for the table, then fails if any test did, or if mocha did not come to its end. */
function record(
  name: string,
  code: number | null | undefined,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): void {
  const results = readResults(stdout);
  columns.set(name, results);
  const end = `mocha ended with ${code}: ${stderr}${stdout.slice(-2_000)}`;
  assertAllPassed(results, end);
  assert.equal(code, 0, end);
}
