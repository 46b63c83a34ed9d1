import type { Limits } from "../model/policy.js";
import { durationText, type LimitReached } from "./limit.js";

/** What is known of a module that runs. */
export interface Gauge {
  /** CPU time of its thread. */
  readonly cpuMs: number;
  /** How long it has not waited; `undefined`: it waits. */
  readonly turnMs: number | undefined;
  /** Goes up with every record that a callback of the `wasm_bpf` ABI gets within one poll: each has the time of a turn. `undefined`: the module has no such callbacks. */
  readonly callbacks: number | undefined;
}

/** The limits that it watches over. */
type Watched = Pick<Limits, "cpuMs" | "callbackMs" | "wallMs">;

/** No two looks are closer, in milliseconds: a module that waits just below a limit must not keep the host awake. */
const CLOSEST = 5;
/** Looks at a module with callbacks within the time of one. */
const LOOKS = 4;
/** Longest delay of a timer in Node; above it, it fires at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** Whether anything is to be watched. */
export const watches = ({ cpuMs, callbackMs, wallMs }: Watched): boolean =>
  cpuMs !== undefined || callbackMs !== undefined || wallMs !== undefined;

/**
 * Looks from outside at a module that runs, and tells when it has had more time than it may. It looks when the limit could be reached at the earliest, by a timer of
 * the thread in which it was made: the sentence comes late if that thread is busy.
 */
export class Watchdog {
  readonly #limits: Watched;
  readonly #gauge: Gauge;
  readonly #tell: (reached: LimitReached) => void;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #callbacks: number | undefined;
  /** When {@link Gauge.callbacks} was seen to change. */
  #changedAt = 0;

  /** @param tell is called once, for the first limit that is reached */
  constructor(limits: Watched, gauge: Gauge, tell: (reached: LimitReached) => void) {
    this.#limits = limits;
    this.#gauge = gauge;
    this.#tell = tell;
    this.#look();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left: number[] = [];
    for (const check of [this.#wall, this.#cpu, this.#callback]) {
      const result = check();
      if (typeof result === "object") {
        this.#tell(result);
        return;
      }
      left.push(result);
    }
    const delay = Math.min(Math.max(CLOSEST, Math.ceil(Math.min(...left))), MAX_TIMER);
    this.#timer = setTimeout(() => this.#look(), delay);
    // The module's Worker keeps the process alive, and nothing else should.
    this.#timer.unref();
  }

  readonly #wall = (): LimitReached | number => {
    const { wallMs } = this.#limits;
    if (wallMs === undefined) return MAX_TIMER;
    const left = wallMs.value - (performance.now() - this.#started);
    if (left > 0) return left;
    return {
      limit: "wall",
      message: `it has run for ${durationText(wallMs.value)}, and limits.wall allows no more`,
      rule: wallMs.origin,
    };
  };

  readonly #cpu = (): LimitReached | number => {
    const { cpuMs } = this.#limits;
    if (cpuMs === undefined) return MAX_TIMER;
    const used = this.#gauge.cpuMs;
    if (used < cpuMs.value) return cpuMs.value - used;
    return {
      limit: "cpu",
      message: `it has used ${durationText(used)} of CPU time, and limits.cpu allows ${durationText(cpuMs.value)}`,
      rule: cpuMs.origin,
    };
  };

  readonly #callback = (): LimitReached | number => {
    const { callbackMs } = this.#limits;
    if (callbackMs === undefined) return MAX_TIMER;
    const now = performance.now();
    const { turnMs, callbacks } = this.#gauge;
    if (callbacks !== this.#callbacks) {
      this.#callbacks = callbacks;
      this.#changedAt = now;
    }
    // When a callback began is known only to the nearest look, and one may begin in any turn: so there are looks enough to be sure well before twice its time.
    const closest = callbacks === undefined ? callbackMs.value : callbackMs.value / LOOKS;
    // A turn that begins right now is at its limit when it is looked at again.
    if (turnMs === undefined) return closest;
    const took = callbacks === undefined ? turnMs : Math.min(turnMs, now - this.#changedAt);
    if (took >= callbackMs.value) {
      return {
        limit: "callback",
        message: `it went on for ${durationText(took)} without waiting for anything, and limits.callback allows ${durationText(callbackMs.value)}`,
        rule: callbackMs.origin,
      };
    }
    return Math.min(callbackMs.value - took, closest);
  };
}
