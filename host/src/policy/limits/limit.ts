import type { Limits, Origin } from "../model/policy.js";

/** The limits, as a policy file names them. */
export type LimitName =
  | "memory"
  | "stack"
  | "cpu"
  | "callback"
  | "wall"
  | "eventsPerSecond"
  | "handles"
  | "outputBytesPerSecond";

/** A limit that a module ran into. */
export interface LimitReached {
  readonly limit: LimitName;
  /** One sentence: what the module did, and what it may. */
  readonly message: string;
  /** Where the limit stands. */
  readonly rule: Origin;
}

const KEYS = {
  memory: "memory",
  stack: "stack",
  cpu: "cpuMs",
  callback: "callbackMs",
  wall: "wallMs",
  eventsPerSecond: "eventsPerSecond",
  handles: "handles",
  outputBytesPerSecond: "outputBytesPerSecond",
} as const satisfies Record<LimitName, keyof Limits>;

/** What a policy sets for a limit, in bytes, milliseconds or a count; `undefined`: nothing. */
export const limitOf = (limits: Limits, name: LimitName) => limits[KEYS[name]];

/** A number of bytes as a person would write it in a policy, such as `4 MiB`. */
export function bytesText(bytes: number): string {
  for (const [unit, size] of [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(2))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** A duration in milliseconds, such as `1.5 s`. */
export const durationText = (ms: number): string =>
  ms >= 1000 ? `${Number((ms / 1000).toFixed(3))} s` : `${Number(ms.toFixed(1))} ms`;
