import type { Use } from "../policy/model/use.js";
import { CAPABILITIES, type CapabilityName } from "./capability.js";
import { CAPABILITY_RULES } from "./rules.js";
import type { Surroundings } from "./surroundings.js";

/** A capability that a module takes. */
export interface CapabilityNeed {
  readonly capability: CapabilityName;
  /** How long: while the module loads and attaches, or to its end. */
  readonly until: "attached" | "end";
  /** What for, such as `load programs and create maps`; the first reason of several. */
  readonly purpose: string;
}

/** The least set of capabilities for these uses, each once, in the order of their numbers. */
export function capabilityNeeds(
  uses: readonly Use[],
  around: Surroundings,
): readonly CapabilityNeed[] {
  const needs = new Map<CapabilityName, CapabilityNeed>();
  for (const { capability, until, when, purpose } of CAPABILITY_RULES) {
    const known = needs.get(capability);
    if (known?.until === "end" || known?.until === until) continue;
    if (!uses.some((use) => when(use, around))) continue;
    needs.set(capability, { capability, until, purpose: known?.purpose ?? purpose });
  }
  return [...needs.values()].sort(
    (a, b) => CAPABILITIES[a.capability] - CAPABILITIES[b.capability],
  );
}
