import { readFileSync } from "node:fs";
import { no, YES } from "../probe/answer.js";
import { type Finding, finding } from "./finding.js";

/** Capabilities that BPF asks for: name, bit (`include/uapi/linux/capability.h`), what for. CAP_SYS_ADMIN stands for the first three. */
const WANTED: readonly (readonly [string, bigint, string])[] = [
  ["CAP_BPF", 39n, "to load programs and create maps"],
  ["CAP_PERFMON", 38n, "for kprobes, uprobes, tracepoints and perf events"],
  ["CAP_NET_ADMIN", 12n, "for XDP, tc, sockets and cgroup hooks"],
  ["CAP_SYS_ADMIN", 21n, "for run statistics, and to open maps and programs by id"],
  ["CAP_DAC_READ_SEARCH", 2n, "to read tracefs, which belongs to root"],
];
const SYS_ADMIN = 21n;
const INCLUDED = new Set([39n, 38n, 12n]);

const REMEDY = "run it as root, or give node the capability: setcap(8)";

/** @param effective the bits of `CapEff` in `/proc/self/status` */
export function capabilityFindings(effective = effectiveCapabilities()): Finding[] {
  const has = (bit: bigint) => ((effective >> bit) & 1n) === 1n;
  return WANTED.map(([name, bit, purpose]) => {
    if (has(bit)) return finding(name, YES, purpose);
    if (INCLUDED.has(bit) && has(SYS_ADMIN)) {
      return finding(name, YES, `${purpose}; CAP_SYS_ADMIN includes it`);
    }
    return finding(name, no("not given", REMEDY), purpose);
  });
}

export function effectiveCapabilities(): bigint {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  } catch {
    return 0n;
  }
}
