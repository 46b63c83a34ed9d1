import { ModuleError } from "../../errors.js";
import type { ModuleDescription } from "../../module/description.js";
import { analyseModule } from "../analyse/module.js";
import { firstMissing } from "../generate/least.js";

/**
 * Holds a module to its manifest: what its bytes contain has to be among what it asks for. What it puts together at run time is held to it when it is loaded.
 * @throws ModuleError `MODULE_MANIFEST`; BpfError: one of its objects cannot be read
 */
export function checkManifest(
  name: string,
  bytes: Uint8Array,
  description: ModuleDescription | undefined,
): void {
  const asked = description?.permissions;
  if (asked === undefined) return;
  const missing = firstMissing(asked, analyseModule(bytes, description?.objects));
  if (missing === undefined) return;
  throw new ModuleError(
    "MODULE_MANIFEST",
    `cannot run ${name}: the manifest lies: ${missing.reason} by it; build it again with wbpf`,
  );
}
