import { decide } from "../policy/decide/decide.js";
import { ALLOW_ALL } from "../policy/model/defaults.js";
import type { Permissions, Policy } from "../policy/model/policy.js";
import { PROGRAM_TYPES } from "../policy/model/program-type.js";
import type { Use } from "../policy/model/use.js";
import { MAP_TYPES } from "../probe/map-types.js";
import { type CapabilityNeed, capabilityNeeds } from "./needs.js";
import { staticUses } from "./static-uses.js";
import { surroundings } from "./surroundings.js";

/**
 * The least set of capabilities for a module: for what its file shows, as far as the policy and its manifest let it. A module that does not show what it will
 * load gets those for all that it is granted.
 */
export function moduleNeeds(
  bytes: Uint8Array,
  policy: Policy = ALLOW_ALL,
  asks?: Permissions,
): readonly CapabilityNeed[] {
  const { uses, complete, tries } = staticUses(bytes);
  const possible = complete ? uses : [...uses, ...everything()];
  const open = policy.allowAll || policy.mode === "audit";
  const permissions = asks === undefined ? [policy.permissions] : [policy.permissions, asks];
  const granted = possible.filter((use) => open || permissions.every((some) => lets(some, use)));
  const loaded = new Set(granted.map((use) => (use.kind === "program" ? use.program : undefined)));
  return capabilityNeeds(
    // What a program does that is not let in does not count.
    [...granted.filter((use) => !("program" in use) || loaded.has(use.program)), ...tries],
    surroundings(),
  );
}

function lets(permissions: Permissions, use: Use): boolean {
  // Where to, and of what, is decided when it is asked for; what loads is decided before.
  if (use.kind === "attach") return true;
  if (use.kind === "symbols") return permissions.symbols.length > 0;
  return decide(permissions, use).allowed;
}

/** Every type of program and map. */
function everything(): Use[] {
  return [
    ...PROGRAM_TYPES.map(
      ({ name }): Use => ({ kind: "program", program: "", type: name, sleepable: false }),
    ),
    ...MAP_TYPES.map(({ name }): Use => ({ kind: "map", map: "", type: name, created: false })),
  ];
}
