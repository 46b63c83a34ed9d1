import { readFileSync } from "node:fs";

/** Bits of a capability set: `include/uapi/linux/capability.h`. */
const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/**
 * `enum bpf_prog_type` of programs that watch the kernel, and of those that steer the network: `is_perfmon_prog_type` and `is_net_admin_prog_type` in the
 * kernel's kernel/bpf/syscall.c. BPF_PROG_TYPE_EXT (28) is in both.
 */
const PERFMON_TYPES = new Set([2, 5, 7, 17, 24, 26, 27, 28, 29]);
const NET_ADMIN_TYPES = new Set([
  3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 23, 25, 28, 30, 32,
]);

/**
 * Capabilities (capabilities(7)) that this process lacks for programs of these types. Before Linux 5.8, which split the first two off, all of them were
 * CAP_SYS_ADMIN, and it still stands for each.
 */
export function missingCapabilities(
  programTypes: readonly number[],
  effective = effectiveCapabilities(),
): string[] {
  const has = (bit: bigint) => ((effective >> bit) & 1n) === 1n;
  if (has(CAP_SYS_ADMIN)) return [];
  const wanted: (readonly [string, bigint])[] = [["CAP_BPF", CAP_BPF]];
  if (programTypes.some((type) => PERFMON_TYPES.has(type)))
    wanted.push(["CAP_PERFMON", CAP_PERFMON]);
  if (programTypes.some((type) => NET_ADMIN_TYPES.has(type)))
    wanted.push(["CAP_NET_ADMIN", CAP_NET_ADMIN]);
  return wanted.filter(([, bit]) => !has(bit)).map(([name]) => name);
}

/** "this process lacks …: run it as root, or with sudo"; `undefined` if it lacks nothing. */
export function explainCapabilities(programTypes: readonly number[]): string | undefined {
  const missing = missingCapabilities(programTypes);
  if (missing.length === 0) return undefined;
  const last = missing.at(-1) as string;
  const list = missing.length === 1 ? last : `${missing.slice(0, -1).join(", ")} and ${last}`;
  return `this process lacks ${list}: run it as root, or with sudo`;
}

function effectiveCapabilities(): bigint {
  try {
    const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
    return BigInt(`0x${line?.[1] ?? "0"}`);
  } catch {
    return 0n;
  }
}
