import type { Limits, Permissions, Policy } from "./policy.js";

/** Nothing at all. */
export const NO_PERMISSIONS: Permissions = {
  programs: [],
  maxPrograms: undefined,
  maxInstructions: undefined,
  helpers: undefined,
  deniedHelpers: [],
  kfuncs: [],
  effects: [],
  mapTypes: [],
  maxMaps: undefined,
  maxMapBytes: undefined,
  createMaps: undefined,
  ownPins: [],
  sharedPins: [],
  environment: [],
  files: [],
  symbols: [],
  switches: new Map(),
};

export const NO_LIMITS: Limits = {
  memory: undefined,
  stack: undefined,
  cpuMs: undefined,
  callbackMs: undefined,
  wallMs: undefined,
  eventsPerSecond: undefined,
  handles: undefined,
  outputBytesPerSecond: undefined,
};

/** What a module may do for which nobody wrote a policy: print. */
export const DEFAULT_POLICY: Policy = {
  name: "no policy",
  mode: "enforce",
  allowAll: false,
  permissions: {
    ...NO_PERMISSIONS,
    switches: new Map([
      ["stdout", "the default"],
      ["stderr", "the default"],
    ]),
  },
  limits: NO_LIMITS,
};

/** For development: no question is asked. */
export const ALLOW_ALL: Policy = {
  name: "--allow-all",
  mode: "enforce",
  allowAll: true,
  permissions: NO_PERMISSIONS,
  limits: NO_LIMITS,
};

/** The policy that grants everything, for development and for modules that are as trusted as the program that embeds them. */
export const allowAll = (): Policy => ({ ...ALLOW_ALL, name: "allowAll()" });
