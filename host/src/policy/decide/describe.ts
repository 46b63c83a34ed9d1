import type { Use } from "../model/use.js";

/** A use in a few words, such as `tracepoint sched/sched_switch`. */
export function describeUse(use: Use): string {
  switch (use.kind) {
    case "program":
      return `${use.type} program '${use.program}'${use.sleepable ? ", sleepable" : ""}`;
    case "attach":
      return [use.type, use.target ?? "(known when it runs)", use.mode].filter(Boolean).join(" ");
    case "helper":
    case "kfunc":
      return `${use.kind} ${use.name}`;
    case "effect":
      return `${use.effect} by ${use.by}`;
    case "map":
      return `${use.type} map '${use.map}'`;
    case "pin":
      return `pin ${use.path}`;
    case "environment":
      return `variable ${use.name}`;
    case "file":
      return `${use.access} ${use.path}`;
    case "symbols":
      return `symbols of ${use.path}`;
    case "quota":
      return `${use.amount} ${use.quota}`;
    default:
      return use.kind;
  }
}
