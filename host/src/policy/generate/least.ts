import type { Analysis } from "../analyse/module.js";
import { decide } from "../decide/decide.js";
import { mergePermissions } from "../file/merge.js";
import { permissionsOf } from "../file/permissions.js";
import { NO_PERMISSIONS } from "../model/defaults.js";
import type { PermissionsDocument } from "../model/document.js";
import type { Use } from "../model/use.js";

/** The smallest document that grants one use. */
export function grantOf(use: Use): PermissionsDocument {
  // Helpers are granted by default: here they are named, so that a later version that calls another one is noticed.
  if (use.kind === "helper") return { programs: { helpers: { allow: [use.name] } } };
  const verdict = decide(NO_PERMISSIONS, use);
  return verdict.allowed ? {} : (verdict.grant ?? {});
}

/**
 * What a module has to be granted so that it can do all that it contains: what its bytes tell, and for what only a run can tell the wider of nothing and what is said
 * of it.
 * @param said by whom who knows: the tool's author in `permissions.yaml`, or the module's manifest. It narrows what is open, and adds nothing that would be closed.
 */
export function leastPermissions(
  { uses, open }: Pick<Analysis, "uses" | "open">,
  said: PermissionsDocument = {},
): PermissionsDocument {
  return mergePermissions([
    ...uses.map(grantOf),
    ...open.map((use) => narrowed(use, said) ?? grantOf(use)),
    { host: hostOf(said) },
  ]);
}

/** Files and variables of the host, which no analysis finds. */
function hostOf({ host = {} }: PermissionsDocument): NonNullable<PermissionsDocument["host"]> {
  const { environment, files, symbols } = host;
  return {
    ...(environment !== undefined && { environment }),
    ...(files !== undefined && { files }),
    ...(symbols !== undefined && { symbols }),
  };
}

/** What is said of a use whose target only a run can tell; `undefined`: nothing. */
function narrowed(use: Use, said: PermissionsDocument): PermissionsDocument | undefined {
  switch (use.kind) {
    case "attach": {
      const allow = (said.programs?.allow ?? []).filter(
        ({ type, targets = [] }) => type === use.type && targets.length > 0,
      );
      return allow.length > 0 ? { programs: { allow } } : undefined;
    }
    case "pin": {
      const key = use.own ? "own" : "shared";
      const pins = said.pins?.[key];
      return pins === undefined ? undefined : { pins: { [key]: pins } };
    }
    case "file":
      return said.host?.files === undefined ? undefined : { host: { files: said.host.files } };
    case "symbols":
      return said.host?.symbols === undefined
        ? undefined
        : { host: { symbols: said.host.symbols } };
    default:
      return undefined;
  }
}

/** What a document that claims to ask for everything does not ask for; `undefined`: nothing. Of what only a run can tell, the kind has to be there. */
export function firstMissing(
  document: PermissionsDocument,
  { uses, open }: Pick<Analysis, "uses" | "open">,
): { readonly use: Use; readonly reason: string; readonly rule: string } | undefined {
  const asks = permissionsOf(document, () => "the manifest");
  for (const use of uses) {
    const verdict = decide(asks, use);
    if (!verdict.allowed) return { use, reason: verdict.reason, rule: verdict.rule };
  }
  for (const use of open) {
    if (use.kind !== "attach") continue;
    const { program, type } = use;
    // Loading it is among the uses; that it is attached somewhere has to be asked for too.
    if (asks.programs.some((grant) => grant.type === type && grant.targets.length > 0)) continue;
    const reason = `program '${program}' attaches as ${type} to nothing that it asks for`;
    return { use, reason, rule: "programs.allow" };
  }
  return undefined;
}
