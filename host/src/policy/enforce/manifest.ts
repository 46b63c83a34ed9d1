import { ModuleError } from "../../errors.js";
import type { ModuleDescription } from "../../module/description.js";
import { analyseModule } from "../analyse/module.js";
import type { AuditSink } from "../audit/record.js";
import { describeUse } from "../decide/describe.js";
import { firstMissing } from "../generate/least.js";

/** The parts of a module that are needed here. */
interface Manifested {
  readonly name: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly description: ModuleDescription | undefined;
}

/**
 * Holds a module to its manifest: what its bytes contain has to be among what it asks for. What it puts together at run time is held to it when it is loaded. A lie is
 * recorded as a denial, also where the policy is in audit mode: the module does not run under any.
 * @throws ModuleError `MODULE_MANIFEST`; BpfError: one of its objects cannot be read
 */
export function checkManifest(
  { name, digest, bytes, description }: Manifested,
  audit: AuditSink | undefined,
): void {
  const asked = description?.permissions;
  if (asked === undefined) return;
  const missing = firstMissing(asked, analyseModule(bytes, description?.objects));
  if (missing === undefined) return;
  const { use, reason, rule } = missing;
  audit?.({
    time: new Date().toISOString(),
    module: digest,
    name,
    call: "start",
    use,
    target: describeUse(use),
    rule: `the module's manifest, ${rule}`,
    verdict: "deny",
  });
  throw new ModuleError(
    "MODULE_MANIFEST",
    `cannot run ${name}: the manifest lies: ${reason} by it; build it again with wbpf`,
  );
}
