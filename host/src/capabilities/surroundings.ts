import { readFileSync } from "node:fs";
import { kernelVersion } from "../backend/kernel/features.js";
import { mountOf } from "../probe/mounts.js";
import { reachable } from "./reachable.js";

/** What decides, beside a module itself, which capabilities it takes. */
export interface Surroundings {
  /** As the kernel's `KERNEL_VERSION(major, minor, patch)`. */
  readonly kernel: number;
  /** `kernel.perf_event_paranoid`; -1: everybody may. */
  readonly perfParanoid: number;
  /** `kernel.unprivileged_bpf_disabled` is not 0. */
  readonly bpfRestricted: boolean;
  /** Whether this user reads a path without a capability for it. */
  readonly readable: (path: string) => boolean;
  /** Where tracefs is mounted. */
  readonly tracefs: string | undefined;
  /** Whether the kernel itself, and no module of it, has a function or a tracepoint of that name. */
  readonly inKernel: (name: string) => boolean;
}

const VMLINUX_BTF = "/sys/kernel/btf/vmlinux";

/** Those of this machine and this user. */
export function surroundings(): Surroundings {
  let btf: Buffer | undefined;
  return {
    kernel: kernelVersion(),
    perfParanoid: sysctl("/proc/sys/kernel/perf_event_paranoid") ?? -1,
    bpfRestricted: sysctl("/proc/sys/kernel/unprivileged_bpf_disabled") !== 0,
    readable: reachable,
    tracefs: mountOf("tracefs"),
    inKernel: (name) => {
      // Without loaded modules there is nowhere else.
      if (!hasModules()) return true;
      try {
        btf ??= readFileSync(VMLINUX_BTF);
      } catch {
        return true;
      }
      return btf.includes(`\0${name}\0`) || btf.includes(`\0btf_trace_${name}\0`);
    },
  };
}

function sysctl(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function hasModules(): boolean {
  try {
    return readFileSync("/proc/modules", "utf8") !== "";
  } catch {
    return false;
  }
}
