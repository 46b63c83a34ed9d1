import { basename } from "node:path";
import type { Module } from "../module/module.js";
import { ExitCode, say } from "./report.js";

/**
 * Whether a module that is run without a policy needs one. If so, says which one would be enough, and how to grant it, and sets the exit code.
 * @param file as the user named it
 */
export async function needsPolicy(file: string, module: Module): Promise<boolean> {
  const { DEFAULT_POLICY } = await import("../policy/model/defaults.js");
  const { explainUses } = await import("../policy/explain/explain.js");
  const { document, text, uses } = await module.leastPolicy();
  const { missing, forbidden } = explainUses(DEFAULT_POLICY, uses);
  if (missing === undefined && forbidden.length === 0) return false;
  const policy = `${document.name ?? basename(file, ".wasm")}.policy.yaml`;
  say(
    `${module.name} needs a policy: without one it may only print. This is the least that lets it run:`,
  );
  process.stderr.write(
    `\n${text}\nReview it, save it as ${policy}, and grant it:\n  wbpf run --policy ${policy} ${file}\nFor development only, let it do everything:\n  wbpf run --allow-all ${file}\n`,
  );
  process.exitCode = ExitCode.failure;
  return true;
}
