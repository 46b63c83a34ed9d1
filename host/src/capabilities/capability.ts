/** Capabilities (capabilities(7)) that this host knows a use for, with their numbers: `include/uapi/linux/capability.h`. */
export const CAPABILITIES = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type CapabilityName = keyof typeof CAPABILITIES;

/** A set as the kernel writes it: bit n stands for capability n. */
export function maskOf(names: Iterable<CapabilityName>): bigint {
  let mask = 0n;
  for (const name of names) mask |= 1n << BigInt(CAPABILITIES[name]);
  return mask;
}

/** Whether a set has a capability. */
export const hasCapability = (set: bigint, name: CapabilityName): boolean =>
  (set & maskOf([name])) !== 0n;

/** Those for which the kernel takes CAP_SYS_ADMIN as well: `bpf_capable`, `perfmon_capable` and `bpf_net_capable`. */
export const BY_SYS_ADMIN: ReadonlySet<CapabilityName> = new Set([
  "CAP_BPF",
  "CAP_PERFMON",
  "CAP_NET_ADMIN",
]);
