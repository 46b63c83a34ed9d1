import type { Command } from "commander";
import type { FileProblem } from "../policy/file/problem.js";
import { ExitCode, say } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf policy check tool.policy.yaml             everything that is wrong, a line each
  wbpf policy check roles.yaml                   roles, and the policies that they name
  wbpf policy check --json policies/*.yaml       the same for programs, of many files

Exit code 0: all are right, with what they extend or name. 1: one is not.`;

interface Checked {
  readonly file: string;
  readonly kind: "policy" | "roles";
  readonly ok: boolean;
  readonly problems: readonly FileProblem[];
}

/** Adds `wbpf policy check`. */
export function registerPolicyCheck(policy: Command): void {
  policy
    .command("check")
    .description("say whether policies and roles are right, and all that is wrong")
    .argument("<files...>", "policy or roles files")
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
      for (const { file, kind, ok, problems } of checked) {
        const what = kind === "policy" ? "a policy" : "a roles file";
        if (ok) process.stdout.write(`${file}: it is ${what}\n`);
        for (const problem of problems) say(problemText(problem));
      }
    });
}

async function check(file: string): Promise<Checked> {
  const { PolicyError } = await import("../policy/file/problem.js");
  let kind: Checked["kind"] = "policy";
  try {
    const { readPolicyText } = await import("../policy/file/read.js");
    if (/^(roles|bindings)[ ]*:/m.test(await readPolicyText(file))) {
      kind = "roles";
      await checkRoles(file);
    } else {
      const { loadPolicy } = await import("../policy/file/load.js");
      await loadPolicy(file);
    }
    return { file, kind, ok: true, problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { file, kind, ok: false, problems: error.problems };
  }
}

async function checkRoles(file: string): Promise<void> {
  const { loadRoles } = await import("../policy/roles/parse.js");
  const { loadPolicy } = await import("../policy/file/load.js");
  const { rules } = await loadRoles(file);
  for (const policy of new Set(rules.map((rule) => rule.policy))) await loadPolicy(policy);
}
