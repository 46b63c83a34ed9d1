import type { FileAccess, PermissionsDocument, ProgramGrantDocument } from "../model/document.js";
import { bytesOf } from "./units.js";

type Programs = NonNullable<PermissionsDocument["programs"]>;
type Maps = NonNullable<PermissionsDocument["maps"]>;
type Host = NonNullable<PermissionsDocument["host"]>;

/**
 * One document that grants what all of them grant: lists are united and sorted, grants of the same programs joined, and of bounds the highest is taken. The same
 * documents in another order give the same one.
 */
export function mergePermissions(documents: readonly PermissionsDocument[]): PermissionsDocument {
  const programs = mergePrograms(documents.flatMap((document) => document.programs ?? []));
  const maps = mergeMaps(documents.flatMap((document) => document.maps ?? []));
  const pins = pruned({
    own: united(documents.map((document) => document.pins?.own)),
    shared: united(documents.map((document) => document.pins?.shared)),
  });
  const host = mergeHost(documents.flatMap((document) => document.host ?? []));
  return pruned({ programs, maps, pins, host }) ?? {};
}

function mergePrograms(all: readonly Programs[]): Programs | undefined {
  return pruned({
    allow: mergeGrants(all.flatMap(({ allow }) => allow ?? [])),
    max: highest(all.map(({ max }) => max)),
    maxInstructions: highest(all.map(({ maxInstructions }) => maxInstructions)),
    helpers: pruned({
      allow: united(all.map(({ helpers }) => helpers?.allow)),
      deny: united(all.map(({ helpers }) => helpers?.deny)),
    }),
    kfuncs: united(all.map(({ kfuncs }) => kfuncs)),
    enforcement: united(all.map(({ enforcement }) => enforcement)),
    testRun: any(all.map(({ testRun }) => testRun)),
    stats: any(all.map(({ stats }) => stats)),
  });
}

function mergeMaps(all: readonly Maps[]): Maps | undefined {
  return pruned({
    types: united(all.map(({ types }) => types)),
    max: highest(all.map(({ max }) => max)),
    maxBytes: highest(
      all.map(({ maxBytes }) => (maxBytes === undefined ? undefined : bytesOf(maxBytes))),
    ),
    create: any(all.map(({ create }) => create)),
    freeze: any(all.map(({ freeze }) => freeze)),
  });
}

function mergeHost(all: readonly Host[]): Host | undefined {
  return pruned({
    stdout: any(all.map(({ stdout }) => stdout)),
    stderr: any(all.map(({ stderr }) => stderr)),
    clock: any(all.map(({ clock }) => clock)),
    random: any(all.map(({ random }) => random)),
    arguments: any(all.map((host) => host.arguments)),
    environment: united(all.map(({ environment }) => environment)),
    files: mergeFiles(all.flatMap(({ files }) => files ?? [])),
    metrics: any(all.map(({ metrics }) => metrics)),
    kallsyms: any(all.map(({ kallsyms }) => kallsyms)),
    symbols: united(all.map(({ symbols }) => symbols)),
  });
}

/** Grants of one type whose modes are the same become one; one that says no target adds only that its programs may be loaded, and may sleep. */
function mergeGrants(grants: readonly ProgramGrantDocument[]): ProgramGrantDocument[] | undefined {
  const merged: ProgramGrantDocument[] = [];
  for (const type of [...new Set(grants.map((grant) => grant.type))].sort()) {
    const ofType = grants.filter((grant) => grant.type === type);
    const sleepable = any(ofType.map((grant) => grant.sleepable));
    const byModes = targetsByModes(ofType);
    if (byModes.size === 0) byModes.set(undefined, []);
    for (const [modes, targets] of [...byModes].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1))) {
      merged.push({
        type,
        ...(targets.length > 0 && { targets }),
        ...(modes !== undefined && { modes: modes.split(",") }),
        ...(sleepable && { sleepable }),
      });
    }
  }
  return merged.length > 0 ? merged : undefined;
}

/** Modes (joined by commas; `undefined`: every one) to the targets that are granted in just these. */
function targetsByModes(
  grants: readonly ProgramGrantDocument[],
): Map<string | undefined, string[]> {
  const modesOf = new Map<string, Set<string> | undefined>();
  for (const { targets = [], modes } of grants) {
    for (const target of targets) {
      const before = modesOf.get(target);
      const everyOne = modes === undefined || (modesOf.has(target) && before === undefined);
      modesOf.set(target, everyOne ? undefined : new Set([...(before ?? []), ...modes]));
    }
  }
  const found = new Map<string | undefined, string[]>();
  for (const target of [...modesOf.keys()].sort()) {
    const set = modesOf.get(target);
    const modes = set === undefined ? undefined : [...set].sort().join(",");
    found.set(modes, [...(found.get(modes) ?? []), target]);
  }
  return found;
}

function mergeFiles(files: readonly { path: string; access: FileAccess }[]) {
  if (files.length === 0) return undefined;
  const paths = [...new Set(files.map(({ path }) => path))].sort();
  return paths.map((path) => ({
    path,
    access: files.some((file) => file.path === path && file.access === "write")
      ? ("write" as const)
      : ("read" as const),
  }));
}

/** All values once, in order; `undefined`: there are none. An empty list that was written stays: it says something. */
function united<T extends string>(lists: readonly (readonly T[] | undefined)[]): T[] | undefined {
  const written = lists.filter((list) => list !== undefined);
  return written.length === 0 ? undefined : [...new Set(written.flat())].sort();
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const written = values.filter((value) => value !== undefined);
  return written.length === 0 ? undefined : Math.max(...written);
}

const any = (values: readonly (boolean | undefined)[]): true | undefined =>
  values.includes(true) ? true : undefined;

/** Without the keys that say nothing; `undefined` if none is left. */
function pruned<T extends object>(
  object: T,
): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as never);
}
