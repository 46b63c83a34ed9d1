import { ownCapabilities } from "../capabilities/own.js";
import { type CapabilityPlan, planOf } from "../capabilities/plan.js";
import type { Module } from "../module/module.js";
import type { Policy } from "../policy/model/policy.js";

/**
 * Which of this process's capabilities a module keeps.
 * @param tell is told which, and what for
 */
export async function capabilityPlan(
  module: Module,
  policy: Policy | undefined,
  tell: ((text: string) => void) | undefined,
): Promise<CapabilityPlan> {
  const { permitted } = ownCapabilities();
  // An ordinary user has none to keep, and no need to wait for an analysis.
  const needs = permitted === 0n ? [] : await module.capabilityNeeds(policy);
  const plan = planOf(needs, permitted);
  if (tell !== undefined) {
    for (const name of plan.start) {
      const need = needs.find(({ capability }) => capability === name);
      const until = plan.attached.includes(name) ? "to the end" : "until it has attached";
      tell(`keeps ${name} ${until}${need ? `, to ${need.purpose}` : ""}`);
    }
    if (plan.start.length > 0) tell("gives up all other Linux capabilities");
  }
  return plan;
}
