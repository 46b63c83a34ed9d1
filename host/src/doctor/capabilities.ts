import { BY_SYS_ADMIN, type CapabilityName, hasCapability } from "../capabilities/capability.js";
import { ownCapabilities } from "../capabilities/own.js";
import { no, YES } from "../probe/answer.js";
import { type Finding, finding } from "./finding.js";

/** Capabilities that BPF asks for, and what for. CAP_SYS_ADMIN stands for the first three. */
const WANTED: readonly (readonly [CapabilityName, string])[] = [
  ["CAP_BPF", "to load programs and create maps"],
  ["CAP_PERFMON", "for kprobes, uprobes, tracepoints and perf events"],
  ["CAP_NET_ADMIN", "for XDP, tc, sockets and cgroup hooks"],
  ["CAP_SYS_ADMIN", "for single uprobes, run statistics, and to open maps and programs by id"],
  ["CAP_DAC_READ_SEARCH", "to read tracefs, which belongs to root"],
];
const REMEDY = "run it as root, or give it the capability: docs/capabilities.md";

/** @param effective the bits of `CapEff` in `/proc/self/status` */
export function capabilityFindings(effective = ownCapabilities().effective): Finding[] {
  return WANTED.map(([name, purpose]) => {
    if (hasCapability(effective, name)) return finding(name, YES, purpose);
    if (BY_SYS_ADMIN.has(name) && hasCapability(effective, "CAP_SYS_ADMIN")) {
      return finding(name, YES, `${purpose}; CAP_SYS_ADMIN includes it`);
    }
    return finding(name, no("not given", REMEDY), purpose);
  });
}
