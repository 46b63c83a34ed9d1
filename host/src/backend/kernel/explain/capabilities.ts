import {
  BY_SYS_ADMIN,
  type CapabilityName,
  hasCapability,
} from "../../../capabilities/capability.js";
import { gaveUp } from "../../../capabilities/drop.js";
import { NET_ADMIN_TYPES, PERFMON_TYPES } from "../../../capabilities/kernel-sets.js";
import { ownCapabilities } from "../../../capabilities/own.js";

/**
 * Capabilities (capabilities(7)) that this process lacks for programs of these types. Before Linux 5.8, which split the first two off, all of them were
 * CAP_SYS_ADMIN, and it still stands for each.
 */
export function missingCapabilities(
  programTypes: readonly number[],
  { effective } = ownCapabilities(),
): CapabilityName[] {
  const wanted: CapabilityName[] = ["CAP_BPF"];
  if (programTypes.some((type) => PERFMON_TYPES.has(type))) wanted.push("CAP_PERFMON");
  if (programTypes.some((type) => NET_ADMIN_TYPES.has(type))) wanted.push("CAP_NET_ADMIN");
  return missingOf(wanted, effective);
}

/** Which of these a set lacks. */
export const missingOf = (wanted: readonly CapabilityName[], effective: bigint): CapabilityName[] =>
  wanted.filter(
    (name) =>
      !hasCapability(effective, name) &&
      !(BY_SYS_ADMIN.has(name) && hasCapability(effective, "CAP_SYS_ADMIN")),
  );

/** "this process lacks …: run it as root, or …"; `undefined` if it lacks nothing. */
export function explainCapabilities(programTypes: readonly number[]): string | undefined {
  const missing = missingCapabilities(programTypes);
  return missing.length === 0 ? undefined : lacking(missing);
}

/** What `missing` is called, and what to do about it. */
export function lacking(missing: readonly CapabilityName[]): string {
  const last = missing.at(-1) as string;
  const list = missing.length === 1 ? last : `${missing.slice(0, -1).join(", ")} and ${last}`;
  if (missing.every(gaveUp)) {
    return `this process gave up ${list}: the module did not need it before, or waited with something attached; let it say when with privileges.drop(), or run it with --keep-capabilities`;
  }
  const flags = missing.map((name) => `+${name.slice("CAP_".length).toLowerCase()}`).join(",");
  return `this process lacks ${list}: run it as root, or with \`sudo setpriv --reuid=$USER --regid=$USER --init-groups --inh-caps=${flags} --ambient-caps=${flags}\` before the command`;
}

/** As {@link explainCapabilities} for one that this host knows to be missing from what the kernel answered; `undefined` if the process has it. */
export const explainCapability = (name: CapabilityName): string | undefined =>
  hasCapability(ownCapabilities().effective, name) ? undefined : lacking([name]);
