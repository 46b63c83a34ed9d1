import { BpfError } from "../../backend/backend.js";
import { ModuleError } from "../../errors.js";
import type { ModuleDescription } from "../../module/description.js";
import { type Analysis, analyseModule } from "../analyse/module.js";
import type { AuditRecord, AuditSink } from "../audit/record.js";
import { describeUse } from "../decide/describe.js";
import { firstMissing } from "../generate/least.js";
import type { Use } from "../model/use.js";

/** The parts of a module that are needed here. */
interface Manifested {
  readonly name: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly description: ModuleDescription | undefined;
}

/**
 * Holds a module to its manifest: what its bytes contain has to be among what it asks for. What it puts together at run time is held to it when it is loaded. A lie is
 * recorded as a denial, also where the policy is in audit mode: the module does not run under any. So is an object of which nobody can say what it contains.
 * @throws ModuleError `MODULE_MANIFEST`
 */
export function checkManifest(module: Manifested, audit: AuditSink | undefined): void {
  const { name, bytes, description } = module;
  const asked = description?.permissions;
  if (asked === undefined) return;
  let analysis: Analysis;
  try {
    analysis = analyseModule(bytes, description?.objects);
  } catch (cause) {
    if (!(cause instanceof BpfError)) throw cause;
    audit?.(
      denial(module, UNREADABLE, "a BPF object that cannot be read", "it covers no such object"),
    );
    throw new ModuleError(
      "MODULE_MANIFEST",
      `cannot run ${name}: a BPF object in it cannot be compared with its manifest: ${cause.message}`,
      { cause },
    );
  }
  const missing = firstMissing(asked, analysis);
  if (missing === undefined) return;
  const { use, reason, rule } = missing;
  audit?.(denial(module, use, describeUse(use), rule));
  throw new ModuleError(
    "MODULE_MANIFEST",
    `cannot run ${name}: the manifest lies: ${reason} by it; build it again with wbpf`,
  );
}

/** Programs of which nothing can be said. */
const UNREADABLE: Use = { kind: "program", program: "*", type: "unknown", sleepable: false };

const denial = (
  { digest, name }: Manifested,
  use: Use,
  target: string,
  rule: string,
): AuditRecord => ({
  time: new Date().toISOString(),
  module: digest,
  name,
  call: "start",
  use,
  target,
  rule: `the module's manifest, ${rule}`,
  verdict: "deny",
});
