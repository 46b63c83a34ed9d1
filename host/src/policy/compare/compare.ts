import { covers } from "../glob/covers.js";
import type { Granted, Limits, Permissions, Policy, ProgramGrant } from "../model/policy.js";
import { PROGRAM_TYPE_BY_NAME } from "../model/program-type.js";

/** One thing that one policy grants and another does not. */
export interface Difference {
  /** Of the policy file, such as `programs.allow`. */
  readonly key: string;
  /** What it is, in a few words. */
  readonly text: string;
  /** Where it is granted; for what is only no longer forbidden, where it was forbidden. */
  readonly origin: string;
}

/** What of a policy is compared; what a module needs has no limits. */
export type Comparable = Pick<Policy, "permissions"> & Partial<Pick<Policy, "limits" | "mode">>;

/**
 * What `next` grants more than `before`. Patterns are compared by what they match and not by their text; where that cannot be found out, it counts as more.
 */
export function grantedMore(before: Comparable, next: Comparable): Difference[] {
  const old = before.permissions;
  const now = next.permissions;
  return [
    ...modeDifference(before, next),
    ...now.programs.flatMap((grant) => programDifferences(old.programs, grant)),
    ...bound("programs.max", "programs", old.maxPrograms, now.maxPrograms),
    ...bound("programs.maxInstructions", "instructions", old.maxInstructions, now.maxInstructions),
    ...helperDifferences(old, now),
    ...values("programs.kfuncs", "kfunc", old.kfuncs, now.kfuncs),
    ...values("programs.enforcement", "enforcement", old.effects, now.effects),
    ...values("maps.types", "map", old.mapTypes, now.mapTypes),
    ...bound("maps.max", "maps", old.maxMaps, now.maxMaps),
    ...bound("maps.maxBytes", "bytes of maps", old.maxMapBytes, now.maxMapBytes),
    ...(now.createMaps !== undefined && old.createMaps === undefined
      ? [{ key: "maps.create", text: "maps at run time", origin: now.createMaps.origin }]
      : []),
    ...values("pins.own", "pin", old.ownPins, now.ownPins),
    ...values("pins.shared", "shared pin", old.sharedPins, now.sharedPins),
    ...values("host.environment", "variable", old.environment, now.environment),
    ...fileDifferences(old.files, now.files),
    ...values("host.symbols", "symbols of", old.symbols, now.symbols),
    ...[...now.switches]
      .filter(([kind]) => !old.switches.has(kind))
      .map(([kind, origin]) => ({ key: switchKey(kind, origin), text: kind, origin })),
    ...limitDifferences(before.limits, next.limits),
  ];
}

function modeDifference(before: Comparable, next: Comparable): Difference[] {
  if (next.mode !== "audit" || before.mode !== "enforce") return [];
  return [{ key: "mode", text: "audit: nothing is denied any more", origin: "mode" }];
}

/** The key is the origin's last word, which knows the file's section. */
const switchKey = (kind: string, origin: string): string => {
  const word = origin.split(" ").at(-1) ?? kind;
  return word.includes(".") ? word : kind;
};

function programDifferences(old: readonly ProgramGrant[], grant: ProgramGrant): Difference[] {
  const { type, targets, modes, sleepable, origin } = grant;
  const key = "programs.allow";
  const ofType = old.filter((other) => other.type === type);
  const found: Difference[] = [];
  if (!ofType.some((other) => other.sleepable || !sleepable)) {
    found.push({ key, text: `${sleepable ? "sleepable " : ""}${type} programs`, origin });
  }
  const kind = PROGRAM_TYPE_BY_NAME.get(type);
  // Without modes every one is meant, also one that a later kernel brings.
  const each = modes ?? [undefined];
  for (const mode of each) {
    const inMode = ofType.filter(
      (other) => other.modes === undefined || (mode !== undefined && other.modes.includes(mode)),
    );
    const where = mode === undefined ? "" : ` (${mode})`;
    const reached = kind?.target === undefined ? ["**"] : inMode.flatMap((other) => other.targets);
    for (const target of targets) {
      if (covers(reached, target)) continue;
      found.push({ key, text: `${type} ${target}${where}`, origin });
    }
  }
  return found;
}

function bound(
  key: string,
  what: string,
  old: Granted<number> | undefined,
  now: Granted<number> | undefined,
): Difference[] {
  if (old === undefined || (now !== undefined && now.value <= old.value)) return [];
  const text =
    now === undefined
      ? `no bound of ${what}, against ${old.value}`
      : `${now.value} ${what}, against ${old.value}`;
  return [{ key, text, origin: now?.origin ?? old.origin }];
}

function values(
  key: string,
  what: string,
  old: readonly Granted[],
  now: readonly Granted[],
): Difference[] {
  const before = old.map(({ value }) => value);
  return now
    .filter(({ value }) => !covers(before, value))
    .map(({ value, origin }) => ({ key, text: `${what} ${value}`, origin }));
}

/** Without a list every helper is granted that this host has a name for, and those all begin so. */
const NAMED_HELPERS = ["bpf_**"];

function helperDifferences(old: Permissions, now: Permissions): Difference[] {
  const key = "programs.helpers.allow";
  const deniedNow = now.deniedHelpers.map(({ value }) => value);
  const undenied = old.deniedHelpers
    .filter(({ value }) => !covers(deniedNow, value))
    .map(({ value, origin }) => ({
      key: "programs.helpers.deny",
      text: `helper ${value}, which the other denies`,
      origin,
    }));
  const before = old.helpers?.map(({ value }) => value) ?? NAMED_HELPERS;
  if (now.helpers === undefined) {
    if (old.helpers === undefined || NAMED_HELPERS.every((all) => covers(before, all))) {
      return undenied;
    }
    const text = "every helper without an effect, against a list";
    return [{ key, text, origin: old.helpers[0]?.origin ?? key }, ...undenied];
  }
  const more = now.helpers
    .filter(({ value }) => !covers(before, value))
    .map(({ value, origin }) => ({ key, text: `helper ${value}`, origin }));
  return [...more, ...undenied];
}

function fileDifferences(old: Permissions["files"], now: Permissions["files"]): Difference[] {
  return now
    .filter(({ value: { path, access } }) => {
      const enough = old.filter(({ value }) => value.access === "write" || access === "read");
      return !covers(
        enough.map(({ value }) => value.path),
        path,
      );
    })
    .map(({ value: { path, access }, origin }) => ({
      key: "host.files",
      text: `${access} ${path}`,
      origin,
    }));
}

const LIMITS: Readonly<Record<keyof Limits, readonly [key: string, what: string]>> = {
  memory: ["memory", "bytes of memory"],
  stack: ["stack", "bytes of stack"],
  cpuMs: ["cpu", "ms of CPU time"],
  callbackMs: ["callback", "ms between waits"],
  wallMs: ["wall", "ms in all"],
  eventsPerSecond: ["eventsPerSecond", "events a second"],
  handles: ["handles", "handles"],
  outputBytesPerSecond: ["outputBytesPerSecond", "bytes of output a second"],
};

function limitDifferences(old: Limits | undefined, now: Limits | undefined): Difference[] {
  // What a module needs sets no limits, so that nothing can be said of them.
  if (old === undefined || now === undefined) return [];
  return (Object.keys(LIMITS) as (keyof Limits)[]).flatMap((limit) => {
    const [key, what] = LIMITS[limit];
    return bound(`limits.${key}`, what, old[limit], now[limit]);
  });
}
