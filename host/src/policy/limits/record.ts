import type { AuditRecord } from "../audit/record.js";
import type { LimitReached } from "./limit.js";

/** The audit record of a limit that was reached. `enforced`: and not only noticed. */
export const limitRecord = (
  { digest, name }: { readonly digest: string; readonly name: string },
  call: string,
  { limit, message, rule }: LimitReached,
  enforced: boolean,
): AuditRecord => ({
  time: new Date().toISOString(),
  module: digest,
  name,
  call,
  use: { kind: "limit", limit },
  target: message,
  rule,
  verdict: enforced ? "deny" : "would-deny",
});
