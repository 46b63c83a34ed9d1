import type { PermissionsDocument } from "../model/document.js";
import type { Origin } from "../model/policy.js";
import type { Verdict } from "../model/verdict.js";

export const allow = (rule: Origin): Verdict => ({ allowed: true, rule });

export const deny = (
  rule: string,
  reason: string,
  grant: PermissionsDocument | undefined,
): Verdict => ({ allowed: false, rule, reason, grant });
