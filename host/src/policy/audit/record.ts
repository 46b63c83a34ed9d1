import type { LimitName } from "../limits/limit.js";
import type { Use } from "../model/use.js";

/** A limit that was reached. */
export interface LimitUse {
  readonly kind: "limit";
  readonly limit: LimitName;
}

/** Uses of a kind that were too many to be told apart. */
export interface OtherUses {
  readonly kind: "others";
  readonly of: AuditedUse["kind"];
}

export type AuditedUse = Use | LimitUse | OtherUses;

/** One line of the audit log: a grant that was used, or a denial. Written as JSON, a line each. */
export interface AuditRecord {
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  /** SHA-256 of the module's file, 64 hexadecimal digits. */
  readonly module: string;
  /** What messages call it. */
  readonly name: string;
  /** The host call in which it happened, such as `program_attach`; `start` and `load` for what is checked before. */
  readonly call: string;
  readonly use: AuditedUse;
  /** What it was about, in short: `tracepoint sched/sched_process_exec`. */
  readonly target: string;
  /** The grant that was used, or the rule that denied. */
  readonly rule: string;
  /** `would-deny`: the policy is in audit mode. */
  readonly verdict: "allow" | "deny" | "would-deny";
  /** In a line that stands for the same thing happening again: how many times, since the last line of it. {@link time} is then that of the line. */
  readonly repeated?: number;
}

/** Takes audit records. It must not throw and must not wait for a reader. */
export type AuditSink = (record: AuditRecord) => void;
