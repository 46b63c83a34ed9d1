import type { CapabilityName } from "./capability.js";
import type { CapabilityPlan } from "./plan.js";

/**
 * When a module's process gives up what it needed to load and attach: as soon as the module waits with something attached, or, if it imports
 * `privileges_drop`, when it says so.
 */
export class Privileges {
  readonly #plan: CapabilityPlan;
  readonly #drop: (keep: readonly CapabilityName[]) => unknown;
  #state: "held" | "due" | "dropped" = "held";
  readonly #bySelf: boolean;

  /** @param bySelf the module says when */
  constructor(
    plan: CapabilityPlan,
    bySelf: boolean,
    drop: (keep: readonly CapabilityName[]) => unknown,
  ) {
    this.#plan = plan;
    this.#bySelf = bySelf;
    this.#drop = drop;
  }

  /** Something was attached. */
  attached(): void {
    if (this.#state === "held" && !this.#bySelf) this.#state = "due";
  }

  /** The module is about to wait. Costs nothing but once. @throws HostError as {@link dropCapabilities} */
  beforeWait(): void {
    if (this.#state === "due") this.drop();
  }

  /** @throws HostError as {@link dropCapabilities} */
  drop(): void {
    if (this.#state === "dropped") return;
    this.#state = "dropped";
    this.#drop(this.#plan.attached);
  }
}

/** For an instance in a process that gives up nothing. */
export const untouchedPrivileges = (): Privileges =>
  new Privileges({ start: [], attached: [] }, true, () => undefined);
