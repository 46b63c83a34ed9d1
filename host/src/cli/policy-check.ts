import type { Command } from "commander";
import type { FileProblem } from "../policy/file/problem.js";
import { ExitCode, say } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf policy check tool.policy.yaml             everything that is wrong, a line each
  wbpf policy check --json policies/*.yaml       the same for programs, of many files

Exit code 0: each is a policy, with what it extends. 1: one is not.`;

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly problems: readonly FileProblem[];
}

/** Adds `wbpf policy check`. */
export function registerPolicyCheck(policy: Command): void {
  policy
    .command("check")
    .description("say whether files are policies, and everything that is wrong with them")
    .argument("<files...>", "policy files")
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: { json?: boolean }) => {
      const { problemText } = await import("../policy/file/problem.js");
      const checked = await Promise.all(files.map(check));
      if (checked.some(({ ok }) => !ok)) process.exitCode = ExitCode.failure;
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(checked, null, 2)}\n`);
        return;
      }
      for (const { file, ok, problems } of checked) {
        if (ok) process.stdout.write(`${file}: it is a policy\n`);
        for (const problem of problems) say(problemText(problem));
      }
    });
}

async function check(file: string): Promise<Checked> {
  const { PolicyError } = await import("../policy/file/problem.js");
  const { loadPolicy } = await import("../policy/file/load.js");
  try {
    await loadPolicy(file);
    return { file, ok: true, problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { file, ok: false, problems: error.problems };
  }
}
