import assert from "node:assert/strict";
import { release } from "node:os";
import { join } from "node:path";
import { type Ended, type Process, root, start } from "../../support/wbpf.js";

/** The folder of a fixture of these tests. */
export const fixture = (name: string): string => join(root, "test/fixtures/attach", name);
const wasm = (name: string): string => join(fixture(name), "build", `${name}.wasm`);

/** Guests emulate their processor. */
const LIMIT_MS = 120_000;

/** Whether this is one of Debian's kernels, run by test/kernels, where everything has to work that is in its version. */
export const guest = process.env.WBPF_TEST_BUILT !== undefined;

/** Whether the running kernel is at least `"6.6"`. */
export function atLeast(version: string): boolean {
  const [major = 0, minor = 0] = release()
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = version.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * Starts a module of the fixtures and waits until it has attached its program.
 * @param flags of `wbpf run` itself
 */
export async function attached(
  name: string,
  args: readonly string[],
  command: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Process> {
  const tool = start(["run", ...flags, wasm(name), ...args], {
    limitMs: LIMIT_MS,
    through: command,
  });
  await tool.printed(/^attached$/m);
  return tool;
}

/** Runs a module to its end. */
export function run(
  name: string,
  args: readonly string[],
  command: readonly string[] = [],
): Promise<Ended> {
  return start(["run", wasm(name), ...args], { limitMs: LIMIT_MS, through: command }).ended;
}

/** Stops a module and gives the numbers of its last line, "name=number …". */
export async function numbersOf(tool: Process): Promise<Record<string, number>> {
  const ended = await tool.stop();
  assert.equal(ended.code, 0, ended.stderr + ended.stdout);
  const last = ended.stdout.trimEnd().split("\n").at(-1) ?? "";
  return Object.fromEntries(
    [...last.matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [name ?? "", Number(value)]),
  );
}

/** Runs a module that cannot attach, and checks what it says. */
export async function refused(
  name: string,
  args: readonly string[],
  sentence: RegExp,
  command: readonly string[] = [],
): Promise<void> {
  const ended = await run(name, args, command);
  assert.equal(ended.code, 1, ended.stderr + ended.stdout);
  const lines = ended.stderr.trimEnd().split("\n");
  assert.match(lines.at(-1) ?? "", sentence);
  assert.doesNotMatch(ended.stderr, /\n\s+at /);
}
