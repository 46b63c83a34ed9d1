import type { FileAccess } from "./document.js";
import type { Effect } from "./effect.js";

/** Where a grant stands, for messages and audit records: `bootstrap.policy.yaml:7 programs.allow[0]`, `--allow tracepoint`, `the module's manifest`. */
export type Origin = string;

/** A glob pattern, or a name of {@link EFFECTS}, with its origin. */
export interface Granted<T = string> {
  readonly value: T;
  readonly origin: Origin;
}

export interface ProgramGrant {
  readonly type: string;
  readonly targets: readonly string[];
  /** `undefined`: every mode. */
  readonly modes: readonly string[] | undefined;
  readonly sleepable: boolean;
  readonly origin: Origin;
}

/** What is granted, or asked for, with defaults filled in: every list that was absent is empty, but for helpers. A bound that is `undefined` is none. */
export interface Permissions {
  readonly programs: readonly ProgramGrant[];
  readonly maxPrograms: Granted<number> | undefined;
  readonly maxInstructions: Granted<number> | undefined;
  /** `undefined`: every one that has no {@link Effect}. */
  readonly helpers: readonly Granted[] | undefined;
  readonly deniedHelpers: readonly Granted[];
  readonly kfuncs: readonly Granted[];
  readonly effects: readonly Granted<Effect>[];
  readonly mapTypes: readonly Granted[];
  readonly maxMaps: Granted<number> | undefined;
  readonly maxMapBytes: Granted<number> | undefined;
  readonly createMaps: Granted<true> | undefined;
  readonly ownPins: readonly Granted[];
  readonly sharedPins: readonly Granted[];
  readonly environment: readonly Granted[];
  readonly files: readonly Granted<{ readonly path: string; readonly access: FileAccess }>[];
  readonly symbols: readonly Granted[];
  /** Those of {@link SwitchUse}. */
  readonly switches: ReadonlyMap<string, Origin>;
}

/** Bytes, milliseconds and counts; `undefined`: no bound beyond the host's own. */
export interface Limits {
  readonly memory: Granted<number> | undefined;
  readonly stack: Granted<number> | undefined;
  readonly cpuMs: Granted<number> | undefined;
  readonly callbackMs: Granted<number> | undefined;
  readonly wallMs: Granted<number> | undefined;
  readonly eventsPerSecond: Granted<number> | undefined;
  readonly handles: Granted<number> | undefined;
  readonly outputBytesPerSecond: Granted<number> | undefined;
}

/** A policy, read and checked. It is plain data, so that a Worker can be given it. */
export interface Policy {
  /** What messages call it, such as the file's name. */
  readonly name: string;
  readonly mode: "audit" | "enforce";
  /** Everything is granted: `--allow-all`. */
  readonly allowAll: boolean;
  readonly permissions: Permissions;
  readonly limits: Limits;
}
