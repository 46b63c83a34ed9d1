import type { PermissionsDocument } from "./document.js";
import type { Origin } from "./policy.js";

/** What a policy says of one {@link Use}. */
export type Verdict =
  | {
      readonly allowed: true;
      /** The grant that allows it. */
      readonly rule: Origin;
    }
  | {
      readonly allowed: false;
      /** The rule that forbids it, or what is missing: `no grant of programs.allow`. */
      readonly rule: string;
      /** One clause: what is denied and why, such as `tracepoint 'sched/sched_switch' is not among the granted targets`. */
      readonly reason: string;
      /** The smallest grant that would allow it, to be merged into a policy; `undefined` where a bound has to be raised or a rule removed. */
      readonly grant: PermissionsDocument | undefined;
    };
