import { messageOf } from "../../errors.js";
import type { AuditSink } from "./record.js";

/** A sink that must not throw, made of one that should not: a fault of the embedding program's log ends neither the module nor the host, and is said once. */
export function safeSink(sink: AuditSink): AuditSink {
  let told = false;
  return (record) => {
    try {
      sink(record);
    } catch (error) {
      if (!told) {
        process.emitWarning(`the function that takes audit records threw: ${messageOf(error)}`);
      }
      told = true;
    }
  };
}
