import { NO_LIMITS, NO_PERMISSIONS } from "../model/defaults.js";
import type { LimitsDocument, PermissionsDocument } from "../model/document.js";
import type { Granted, Limits, Origin, Permissions } from "../model/policy.js";
import type { Path } from "./problem.js";
import { bytesOf, millisecondsOf } from "./units.js";

/** Says where a value stands. */
export type OriginOf = (path: Path) => Origin;

/** Keys of {@link PermissionsDocument} to kinds of {@link SwitchUse}. */
const SWITCHES = [
  ["programs", "testRun", "test-run"],
  ["programs", "stats", "stats"],
  ["maps", "freeze", "freeze"],
  ["host", "stdout", "stdout"],
  ["host", "stderr", "stderr"],
  ["host", "clock", "clock"],
  ["host", "random", "random"],
  ["host", "arguments", "arguments"],
  ["host", "metrics", "metrics"],
  ["host", "kallsyms", "kallsyms"],
] as const;

/**
 * What a document grants or asks for, with defaults filled in.
 * @param document of the right shape: {@link shapeProblems} found nothing
 */
export function permissionsOf(document: PermissionsDocument, originOf: OriginOf): Permissions {
  const { programs = {}, maps = {}, pins = {}, host = {} } = document;
  const each = <T>(values: readonly T[] | undefined, ...path: Path): Granted<T>[] =>
    (values ?? []).map((value, i) => ({ value, origin: originOf([...path, i]) }));
  const one = <T>(value: T | undefined, ...path: Path): Granted<T> | undefined =>
    value === undefined ? undefined : { value, origin: originOf(path) };
  const bytes = maps.maxBytes === undefined ? undefined : bytesOf(maps.maxBytes);
  const switches = SWITCHES.filter(
    ([room, key]) => (document[room] as Record<string, unknown> | undefined)?.[key] === true,
  );
  return {
    ...NO_PERMISSIONS,
    programs: (programs.allow ?? []).map((grant, i) => ({
      type: grant.type,
      targets: grant.targets ?? [],
      modes: grant.modes,
      sleepable: grant.sleepable ?? false,
      origin: originOf(["programs", "allow", i]),
    })),
    maxPrograms: one(programs.max, "programs", "max"),
    maxInstructions: one(programs.maxInstructions, "programs", "maxInstructions"),
    helpers:
      programs.helpers?.allow && each(programs.helpers.allow, "programs", "helpers", "allow"),
    deniedHelpers: each(programs.helpers?.deny, "programs", "helpers", "deny"),
    kfuncs: each(programs.kfuncs, "programs", "kfuncs"),
    effects: each(programs.enforcement, "programs", "enforcement"),
    mapTypes: each(maps.types, "maps", "types"),
    maxMaps: one(maps.max, "maps", "max"),
    maxMapBytes: one(bytes, "maps", "maxBytes"),
    createMaps: maps.create ? { value: true, origin: originOf(["maps", "create"]) } : undefined,
    ownPins: each(pins.own, "pins", "own"),
    sharedPins: each(pins.shared, "pins", "shared"),
    environment: each(host.environment, "host", "environment"),
    files: each(host.files, "host", "files"),
    symbols: each(host.symbols, "host", "symbols"),
    switches: new Map(switches.map(([room, key, kind]) => [kind, originOf([room, key])])),
  };
}

/** Bounds, in bytes, milliseconds and counts. */
export function limitsOf(document: LimitsDocument, originOf: OriginOf): Limits {
  const bound = (
    key: keyof LimitsDocument,
    read: (value: number | string) => number | undefined = Number,
  ): Granted<number> | undefined => {
    const written = document[key];
    const value = written === undefined ? undefined : read(written);
    return value === undefined ? undefined : { value, origin: originOf(["limits", key]) };
  };
  return {
    ...NO_LIMITS,
    memory: bound("memory", bytesOf),
    stack: bound("stack", bytesOf),
    cpuMs: bound("cpu", millisecondsOf),
    callbackMs: bound("callback", millisecondsOf),
    wallMs: bound("wall", millisecondsOf),
    eventsPerSecond: bound("eventsPerSecond"),
    handles: bound("handles"),
    outputBytesPerSecond: bound("outputBytesPerSecond", bytesOf),
  };
}
