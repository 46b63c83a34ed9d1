import type { Granted, Limits, Permissions } from "../model/policy.js";

type Bound = Granted<number> | undefined;

/** The lower of two bounds, where an absent one is none. */
const lower = (a: Bound, b: Bound): Bound =>
  a === undefined || (b !== undefined && b.value < a.value) ? b : a;

/**
 * What two sets of grants give together: every grant of both, every denied helper of both, and of bounds the lower.
 * @param helpers of lists of helpers, where only one side has one: `"listed"` takes that list, `"first"` what `a` says
 */
export function combine(a: Permissions, b: Permissions, helpers: "listed" | "first"): Permissions {
  return {
    programs: [...a.programs, ...b.programs],
    maxPrograms: lower(a.maxPrograms, b.maxPrograms),
    maxInstructions: lower(a.maxInstructions, b.maxInstructions),
    helpers:
      a.helpers !== undefined
        ? [...a.helpers, ...(b.helpers ?? [])]
        : helpers === "listed"
          ? b.helpers
          : undefined,
    deniedHelpers: [...a.deniedHelpers, ...b.deniedHelpers],
    kfuncs: [...a.kfuncs, ...b.kfuncs],
    effects: [...a.effects, ...b.effects],
    mapTypes: [...a.mapTypes, ...b.mapTypes],
    maxMaps: lower(a.maxMaps, b.maxMaps),
    maxMapBytes: lower(a.maxMapBytes, b.maxMapBytes),
    createMaps: a.createMaps ?? b.createMaps,
    ownPins: [...a.ownPins, ...b.ownPins],
    sharedPins: [...a.sharedPins, ...b.sharedPins],
    environment: [...a.environment, ...b.environment],
    files: [...a.files, ...b.files],
    symbols: [...a.symbols, ...b.symbols],
    switches: new Map([...b.switches, ...a.switches]),
  };
}

/** Of each limit the lower. */
export function lowerLimits(a: Limits, b: Limits): Limits {
  return {
    memory: lower(a.memory, b.memory),
    stack: lower(a.stack, b.stack),
    cpuMs: lower(a.cpuMs, b.cpuMs),
    callbackMs: lower(a.callbackMs, b.callbackMs),
    wallMs: lower(a.wallMs, b.wallMs),
    eventsPerSecond: lower(a.eventsPerSecond, b.eventsPerSecond),
    handles: lower(a.handles, b.handles),
    outputBytesPerSecond: lower(a.outputBytesPerSecond, b.outputBytesPerSecond),
  };
}
