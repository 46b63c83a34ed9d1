import { BY_SYS_ADMIN, type CapabilityName, hasCapability } from "./capability.js";
import type { CapabilityNeed } from "./needs.js";

/** What a process that runs one module keeps. Plain data, so that a Worker can be given it. */
export interface CapabilityPlan {
  /** From before anything of the module runs. */
  readonly start: readonly CapabilityName[];
  /** Once it has attached its programs and waits. */
  readonly attached: readonly CapabilityName[];
}

/**
 * Keeps what is needed, as long as it is.
 * @param permitted what the process has: where it has CAP_SYS_ADMIN alone, that stands for others
 */
export function planOf(needs: readonly CapabilityNeed[], permitted: bigint): CapabilityPlan {
  const kept = (some: readonly CapabilityNeed[]): CapabilityName[] => {
    const names = some.map(({ capability }) =>
      BY_SYS_ADMIN.has(capability) && !hasCapability(permitted, capability)
        ? "CAP_SYS_ADMIN"
        : capability,
    );
    return [...new Set(names)].filter((name) => hasCapability(permitted, name));
  };
  return { start: kept(needs), attached: kept(needs.filter(({ until }) => until === "end")) };
}
