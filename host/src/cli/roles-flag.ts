import type { Command } from "commander";
import { UsageError } from "../errors.js";
import type { Module } from "../module/module.js";
import type { Policy } from "../policy/model/policy.js";

/** Flags that neither grant anything nor touch a file. Whoever may run `wbpf run --roles FILE` through sudo chooses the others. */
const HARMLESS: readonly string[] = ["roles", "verbose", "grace", "env"];
/** Flags that name a file to write. */
const WRITING: readonly string[] = ["audit", "metrics"];
/** Variables by which programs that run others as root say who called them. */
const CALLERS: readonly string[] = ["SUDO_UID", "DOAS_USER", "PKEXEC_UID"];

/** Whether this process writes files with the rights of somebody else than who chose its flags. */
function isLent(): boolean {
  if (process.getuid?.() !== process.geteuid?.()) return true;
  return process.getuid?.() === 0 && CALLERS.some((name) => process.env[name] !== undefined);
}

/** `--roles`, once: a second one would stand in for the first, which may be fixed in a rule of sudo. */
export function onlyOnce(value: string, before: string | undefined): string {
  if (before !== undefined) throw new UsageError("--roles is given twice");
  return value;
}

/** @throws UsageError for flags beside `--roles` that say for themselves what the module may do, or what this process does */
export function checkRolesFlags(command: Command): void {
  const given = (name: string) => command.getOptionValueSource(name) === "cli";
  if (!given("roles")) return;
  for (const name of WRITING) {
    if (!given(name) || command.getOptionValue(name) === "-" || !isLent()) continue;
    throw new UsageError(
      `--${name} would write a file with root's rights wherever its caller wants; ${name === "audit" ? "name it as audit in the roles file, or use --audit -" : "leave it out"}`,
    );
  }
  const other = command.options.find((option) => {
    const name = option.attributeName();
    return !HARMLESS.includes(name) && !WRITING.includes(name) && given(name);
  });
  if (other === undefined) return;
  throw new UsageError(`--roles decides what the module may do; leave out ${other.long}`);
}

/** What a roles file decides for a run. */
export interface RolesDecision {
  readonly policy: Policy;
  /** The file to which records are added; `undefined`: the roles file names none. */
  readonly audit: string | undefined;
}

/**
 * The policy under which this user may run a module.
 * @throws AuthorizationError, PolicyError, HostError
 */
export async function decideByRoles(
  roles: string,
  file: string,
  module: Module,
): Promise<RolesDecision> {
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
  return { policy, audit: parsed.audit };
}
