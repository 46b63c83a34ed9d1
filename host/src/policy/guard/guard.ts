import { constants } from "node:os";
import { BpfError } from "../../backend/backend.js";
import type { AuditSink } from "../audit/record.js";
import { allow, deny } from "../decide/answers.js";
import { decide } from "../decide/decide.js";
import { describeUse } from "../decide/describe.js";
import type { LimitReached } from "../limits/limit.js";
import { limitRecord } from "../limits/record.js";
import type { Permissions, Policy } from "../model/policy.js";
import type { QuotaUse, Use } from "../model/use.js";
import type { Verdict } from "../model/verdict.js";

/** Whom a guard watches. */
export interface GuardOptions {
  readonly policy: Policy;
  /** What the module's manifest asks for; `undefined`: it has none, and the policy alone counts. */
  readonly asks: Permissions | undefined;
  /** SHA-256 of the module's file. */
  readonly digest: string;
  /** What messages call the module. */
  readonly name: string;
  readonly audit: AuditSink | undefined;
}

/**
 * The one place where a module's uses are decided, counted and recorded: what the policy grants, and its manifest asks for. There is one for each instance; it
 * outlives none.
 */
export class Guard {
  readonly policy: Policy;
  /** What messages call the module. */
  readonly name: string;
  readonly #options: GuardOptions;
  readonly #counts = { programs: 0, instructions: 0, maps: 0, mapBytes: 0 };

  constructor(options: GuardOptions) {
    this.policy = options.policy;
    this.name = options.name;
    this.#options = options;
  }

  /** What is said of a use, without recording it. */
  decide(use: Use): Verdict {
    return this.#decideBy((permissions) => decide(permissions, use));
  }

  #decideBy(decision: (permissions: Permissions) => Verdict): Verdict {
    const { policy, asks } = this.#options;
    if (policy.allowAll) return allow(policy.name);
    const granted = decision(policy.permissions);
    if (!granted.allowed || asks === undefined) return granted;
    const asked = decision(asks);
    if (asked.allowed) return granted;
    return deny(
      `the module's manifest, ${asked.rule}`,
      `${asked.reason} by its own manifest`,
      undefined,
    );
  }

  /**
   * Lets a use through, or not, and records it.
   * @param call the host call in which it happens, for the record and the message
   * @throws BpfError `EPERM` with one sentence that names the permission
   */
  require(call: string, use: Use): void {
    this.requireBy(call, use, (permissions) => decide(permissions, use));
  }

  /** As {@link require}, for what is decided in another way than by the use that is recorded. */
  requireBy(call: string, use: Use, decision: (permissions: Permissions) => Verdict): void {
    const verdict = this.#decideBy(decision);
    const enforced = this.policy.mode === "enforce";
    this.#record(call, use, verdict, enforced);
    if (verdict.allowed || !enforced) return;
    throw new BpfError(
      constants.errno.EPERM,
      "EPERM",
      `${call}: denied by ${this.policy.name}: ${verdict.reason} (${verdict.rule})`,
    );
  }

  /** As {@link require}, for what adds to a count: the count goes up only when it is let through. */
  take(call: string, quota: QuotaUse["quota"], amount: number): void {
    const after = this.#counts[quota] + amount;
    this.require(call, { kind: "quota", quota, amount: after });
    this.#counts[quota] = after;
  }

  /** What {@link take} took and is in use no more. */
  giveBack(quota: QuotaUse["quota"], amount: number): void {
    this.#counts[quota] = Math.max(0, this.#counts[quota] - amount);
  }

  /** Records that a limit was reached. It is in force, whatever the policy's mode. */
  reached(call: string, reached: LimitReached): void {
    this.#options.audit?.(limitRecord(this.#options, call, reached, true));
  }

  #record(call: string, use: Use, verdict: Verdict, enforced: boolean): void {
    const { audit, digest, name } = this.#options;
    audit?.({
      time: new Date().toISOString(),
      module: digest,
      name,
      call,
      use,
      target: describeUse(use),
      rule: verdict.rule,
      verdict: verdict.allowed ? "allow" : enforced ? "deny" : "would-deny",
    });
  }
}
