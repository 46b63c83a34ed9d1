import { Guard, type GuardOptions } from "../policy/guard/guard.js";
import { ALLOW_ALL } from "../policy/model/defaults.js";

/** Whom a guard watches, in tests that are not about what is allowed. */
export const UNGUARDED: GuardOptions = {
  policy: ALLOW_ALL,
  asks: undefined,
  digest: "0".repeat(64),
  name: "guest",
  audit: undefined,
};

/** A guard that lets everything through. */
export const unguarded = (): Guard => new Guard(UNGUARDED);
