import type { HostError, TrapError } from "../errors.js";
import type { LimitReached } from "../policy/limits/limit.js";

/**
 * Why a module had to be ended: nobody reads its output, it did not return within the grace period, {@link Running.kill} was called, or it did not give way to the other
 * modules of its {@link SharedThread}.
 */
export type KillReason = "broken-pipe" | "grace-over" | "kill" | "busy";

/** How a module ended. */
export type Result =
  /** `_start` returned (code 0) or the module called `proc_exit`. */
  | { readonly kind: "exit"; readonly exitCode: number }
  /** The module did something that Wasm forbids. */
  | { readonly kind: "trap"; readonly error: TrapError }
  /** It was ended where it stood. Its links are detached all the same. */
  | { readonly kind: "killed"; readonly reason: KillReason }
  /** So too when it had all the time that its policy gives it. */
  | { readonly kind: "killed"; readonly reason: "limit"; readonly limit: LimitReached }
  /** The host failed; that is not the module's fault. */
  | { readonly kind: "failed"; readonly error: HostError };
