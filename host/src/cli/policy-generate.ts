import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { HostError, messageOf } from "../errors.js";

const EXAMPLES = `
Examples:
  wbpf policy generate tool.wasm                        print the least policy that lets it run
  wbpf policy generate tool.wasm -o tool.policy.yaml    write it to a file
  wbpf policy generate tool.wasm --from-audit log.jsonl only what it used, as 'run --audit' recorded it

It reads the module only: no root, nothing runs. What only a run can tell is granted as '**', with a comment.`;

interface GenerateFlags {
  readonly output?: string;
  readonly fromAudit?: string;
}

/** Adds `wbpf policy generate`. */
export function registerPolicyGenerate(policy: Command): void {
  policy
    .command("generate")
    .description("write the least policy that lets a module run")
    .argument("<module.wasm>", "the module")
    .option("-o, --output <file>", "where it goes (default: stdout)")
    .option("--from-audit <log>", "narrow it to what an audit log recorded of this module")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: GenerateFlags) => {
      const { Module } = await import("../module/module.js");
      const module = await Module.load(file);
      const { text } = await module.leastPolicy(
        flags.fromAudit === undefined
          ? undefined
          : await recordedUses(flags.fromAudit, module.digest),
      );
      if (flags.output === undefined) process.stdout.write(text);
      else write(flags.output, text);
    });
}

async function recordedUses(file: string, digest: string) {
  const { readRecordedUses } = await import("../policy/generate/recorded.js");
  return readRecordedUses(file, digest);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new HostError(`cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}
