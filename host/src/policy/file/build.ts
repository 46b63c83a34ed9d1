import { DEFAULT_POLICY } from "../model/defaults.js";
import type { Policy } from "../model/policy.js";
import { combine } from "./combine.js";
import { grantOfFlag } from "./flag.js";
import { permissionsOf } from "./permissions.js";

/**
 * A policy of a file and of flags.
 * @param file `undefined`: none, and the flags add to what a module without a policy may do
 * @param allow values of `--allow`, see {@link grantOfFlag}
 * @param mode instead of the file's
 * @throws UsageError, PolicyError
 */
export async function buildPolicy(
  file: string | undefined,
  allow: readonly string[],
  mode: Policy["mode"] | undefined,
): Promise<Policy> {
  // Flags first: they are wrong more often, and cost nothing to check.
  const grants = allow.map((text) => permissionsOf(grantOfFlag(text), () => `--allow ${text}`));
  let policy: Policy = DEFAULT_POLICY;
  if (file !== undefined) {
    const { loadPolicy } = await import("./load.js");
    policy = await loadPolicy(file);
  } else if (allow.length > 0) {
    policy = { ...policy, name: "--allow" };
  }
  return {
    ...policy,
    mode: mode ?? policy.mode,
    permissions: grants.reduce((all, grant) => combine(all, grant, "first"), policy.permissions),
  };
}
