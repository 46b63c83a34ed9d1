import type { Script } from "./script.js";

/** A module that was written to escape, and what has to come of it. */
export interface HostileCase {
  /** What it tries. */
  readonly tries: string;
  /** What it is granted, as in a policy file. Absent: everything, so that only what never depends on a policy stands in its way. */
  readonly policy?: string;
  /** How many pages of memory it has. Default: 4. */
  readonly pages?: number;
  /** Writes its calls; or gives the bytes of a module that no script can be. */
  readonly module: (script: Script) => unknown;
  /** The one sentence with which the host refuses to run it. */
  readonly unfit?: RegExp;
  /** The one sentence with which it ends. */
  readonly ends?: RegExp;
  /** It needs no denial: the bound is that of the engine, which says nothing when it is met. */
  readonly unrecorded?: boolean;
  /** The target or rule of a record of a denial; with a policy there has to be one, whatever it says. */
  readonly audited?: RegExp;
}
