import type { Command } from "commander";
import { registerPolicyCheck } from "./policy-check.js";
import { registerPolicyDiff } from "./policy-diff.js";
import { registerPolicyExplain } from "./policy-explain.js";
import { registerPolicyGenerate } from "./policy-generate.js";

const EXAMPLES = `
Examples:
  wbpf policy generate tool.wasm -o tool.policy.yaml       the least that lets it run, to be reviewed
  wbpf policy check tool.policy.yaml                       is it a policy, and what is wrong with it
  wbpf policy explain tool.wasm --policy tool.policy.yaml  what it denies, and the grant that is missing
  wbpf policy diff old.policy.yaml new.policy.yaml         what the new one grants more

None of them runs anything or needs root.`;

/** Adds `wbpf policy`, with a command for each thing that people do with policies. */
export function registerPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .description("generate, check, explain and compare what modules may do")
    .addHelpText("after", EXAMPLES);
  registerPolicyCheck(policy);
  registerPolicyExplain(policy);
  registerPolicyGenerate(policy);
  registerPolicyDiff(policy);
}
