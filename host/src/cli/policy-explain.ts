import { basename } from "node:path";
import type { Command } from "commander";
import { UsageError } from "../errors.js";
import type { Explanation } from "../policy/explain/explain.js";
import { printable } from "../policy/explain/printable.js";
import type { Use } from "../policy/model/use.js";
import { ExitCode } from "./report.js";

const EXAMPLES = `
Examples:
  wbpf policy explain tool.wasm --policy tool.policy.yaml     everything that the module needs
  wbpf policy explain --policy tool.policy.yaml --use tracepoint=sched/sched_switch
  wbpf policy explain --policy tool.policy.yaml --use map=hash --use enforcement=drop

--use takes what --allow of wbpf run takes: KIND, KIND=VALUE, TYPE[.s][/MODE][=TARGET].
Exit code 0: everything is allowed. 1: something is denied. 2: wrong usage.`;

interface ExplainFlags {
  readonly policy: string;
  readonly use: readonly string[];
  readonly json?: boolean;
}

/** Adds `wbpf policy explain`. */
export function registerPolicyExplain(policy: Command): void {
  policy
    .command("explain")
    .description("show which rule allows or denies each thing, and the smallest grant")
    .argument("[module.wasm]", "the module whose needs are looked at, beside or without --use")
    .requiredOption("--policy <file>", "the policy")
    .option(
      "--use <use>",
      "ask about one thing (repeatable)",
      (use: string, before: readonly string[]) => [...before, use],
      [],
    )
    .option("--json", "print JSON for programs instead of text for people")
    .addHelpText("after", EXAMPLES)
    .action(async (module: string | undefined, flags: ExplainFlags) => {
      if (module === undefined && flags.use.length === 0) {
        throw new UsageError("there is nothing to explain: name a module, or what with --use");
      }
      const uses = [...(await askedUses(flags.use)), ...(await neededUses(module))];
      const { loadPolicy } = await import("../policy/file/load.js");
      const { explainUses } = await import("../policy/explain/explain.js");
      const explanation = explainUses(await loadPolicy(flags.policy), uses);
      const denied = explanation.uses.some(({ verdict }) => !verdict.allowed);
      if (denied) process.exitCode = ExitCode.failure;
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(explanation, null, 2)}\n`
          : await explanationText(flags.policy, explanation),
      );
    });
}

async function askedUses(texts: readonly string[]): Promise<Use[]> {
  if (texts.length === 0) return [];
  const { grantOfFlag } = await import("../policy/file/flag.js");
  const { usesOf } = await import("../policy/explain/explain.js");
  return texts.flatMap((text) => usesOf(grantOfFlag(text, "--use")));
}

async function neededUses(file: string | undefined): Promise<Use[]> {
  if (file === undefined) return [];
  const { readModuleFile } = await import("../module/read.js");
  const { Module } = await import("../module/module.js");
  const { usesOfModule } = await import("../policy/explain/module.js");
  const bytes = await readModuleFile(file);
  const { description } = await Module.fromBytes(bytes, { name: basename(file) });
  return usesOfModule(bytes, description);
}

async function explanationText(
  policy: string,
  { uses, missing, forbidden }: Explanation,
): Promise<string> {
  const lines = uses.map(({ text, verdict }) =>
    verdict.allowed
      ? `  allowed  ${text}  (${verdict.rule})`
      : `  DENIED   ${text}: ${verdict.reason}  (${verdict.rule})`,
  );
  if (missing !== undefined) {
    const { writeGrants } = await import("../policy/file/write.js");
    lines.push("", `The smallest grant that is missing in ${policy}:`, "");
    lines.push(...writeGrants(missing).trimEnd().replace(/^/gm, "  ").split("\n"));
  }
  if (forbidden.length > 0) {
    lines.push("", "No grant allows what a rule forbids; that rule would have to go:");
    lines.push(...forbidden.map(({ text, verdict }) => `  ${text}  (${verdict.rule})`));
  }
  return lines.map((line) => `${printable(line)}\n`).join("");
}
