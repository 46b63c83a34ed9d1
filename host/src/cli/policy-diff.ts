import type { Command } from "commander";
import type { Difference } from "../policy/compare/compare.js";
import { printable } from "../policy/explain/printable.js";
import { ExitCode } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf policy diff old.policy.yaml new.policy.yaml    what the new one grants more (+) and less (-)
  wbpf policy diff tool-1.wasm tool-2.wasm            what a new version of a module asks for
  wbpf policy diff tool.policy.yaml tool-2.wasm       what it asks for that its policy does not grant
  wbpf policy diff --json old.policy.yaml new.policy.yaml | jq .more

Patterns are compared by what they match. Exit code 0: nothing more. 1: more. 2: wrong usage.`;

/** Adds `wbpf policy diff`. */
export function registerPolicyDiff(policy: Command): void {
  policy
    .command("diff")
    .description("show what a policy grants, or a module asks for, more than another")
    .argument("<old>", "a policy file or a module")
    .argument("<new>", "another")
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (before: string, next: string, flags: { json?: boolean }) => {
      const { loadComparable } = await import("../policy/compare/load.js");
      const { grantedMore } = await import("../policy/compare/compare.js");
      const [old, now] = [await loadComparable(before), await loadComparable(next)];
      const more = grantedMore(old, now);
      const less = grantedMore(now, old);
      if (more.length > 0) process.exitCode = ExitCode.failure;
      process.stdout.write(
        flags.json
          ? `${JSON.stringify({ old: before, new: next, more, less }, null, 2)}\n`
          : diffText(before, next, more, less),
      );
    });
}

function diffText(
  before: string,
  next: string,
  more: readonly Difference[],
  less: readonly Difference[],
): string {
  const lines = [
    more.length === 0
      ? `${next} has nothing more than ${before}.`
      : `${next} has more than ${before}:`,
    ...more.map((entry) => line("+", entry)),
    ...(less.length > 0 ? ["", "What it has less:"] : []),
    ...less.map((entry) => line("-", entry)),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

const line = (sign: string, { text, origin }: Difference): string =>
  `  ${sign} ${text}  (${origin})`;
