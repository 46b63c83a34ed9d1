import type { Command } from "commander";
import { UsageError } from "../errors.js";
import type { Module } from "../module/module.js";
import type { Policy } from "../policy/model/policy.js";

/** Flags that neither grant anything nor touch a file. Whoever may run `wbpf run --roles FILE` through sudo chooses the others. */
const HARMLESS: readonly string[] = ["roles", "verbose", "grace", "env"];

/** `--roles`, once: a second one would stand in for the first, which may be fixed in a rule of sudo. */
export function onlyOnce(value: string, before: string | undefined): string {
  if (before !== undefined) throw new UsageError("--roles is given twice");
  return value;
}

/** @throws UsageError for flags beside `--roles` that say for themselves what the module may do, or what this process does */
export function checkRolesFlags(command: Command): void {
  const given = (name: string) => command.getOptionValueSource(name) === "cli";
  if (!given("roles")) return;
  const other = command.options.find(
    (option) => !HARMLESS.includes(option.attributeName()) && given(option.attributeName()),
  );
  if (other === undefined) return;
  throw new UsageError(`--roles decides what the module may do; leave out ${other.long}`);
}

/**
 * The policy under which this user may run a module.
 * @throws AuthorizationError, PolicyError, HostError
 */
export async function policyOfRoles(roles: string, file: string, module: Module): Promise<Policy> {
  const { loadRoles } = await import("../policy/roles/parse.js");
  const { authorize } = await import("../policy/roles/authorize.js");
  const { callerOf, requireOwnFile } = await import("../policy/roles/caller.js");
  const { identityOf, readSignature } = await import("../policy/roles/identity.js");
  const parsed = await loadRoles(roles);
  requireOwnFile(roles);
  const { policy } = await authorize({
    roles: parsed,
    subject: callerOf(parsed),
    module: identityOf(module, await readSignature(file)),
    check: requireOwnFile,
  });
  return policy;
}
