import type { ModuleDescription } from "../../module/description.js";
import { analyseModule } from "../analyse/module.js";
import { leastPermissions } from "../generate/least.js";
import type { QuotaUse, Use } from "../model/use.js";
import { usesOf } from "./explain.js";

const QUOTAS = ["programs", "instructions", "maps", "mapBytes"] as const;

/**
 * Everything that a module would ask its policy for: what its bytes tell, how much of it, and what its manifest says of that of which only a run can tell the target.
 * @throws BpfError libbpf or the host refuses one of its objects
 */
export function usesOfModule(bytes: Uint8Array, description: ModuleDescription | undefined): Use[] {
  const { uses, open, counts } = analyseModule(bytes, description?.objects);
  const later = open.length === 0 && description?.permissions === undefined ? [] : [open];
  return [
    ...uses,
    ...later.flatMap((open) =>
      usesOf(leastPermissions({ uses: [], open }, description?.permissions)).filter(
        ({ kind }) => kind !== "program",
      ),
    ),
    ...QUOTAS.filter((quota) => counts[quota] > 0).map(
      (quota): QuotaUse => ({ kind: "quota", quota, amount: counts[quota] }),
    ),
  ];
}
