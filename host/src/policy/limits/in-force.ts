import { NO_LIMITS } from "../model/defaults.js";
import type { Limits, Policy } from "../model/policy.js";

/** The limits that a module runs under: a policy in audit mode holds nothing back. */
export const limitsInForce = ({ mode, limits }: Policy): Limits =>
  mode === "enforce" ? limits : NO_LIMITS;
