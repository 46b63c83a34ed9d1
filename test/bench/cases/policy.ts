import { parsePolicy } from "../../../host/src/policy/file/parse.js";
import { UNGUARDED } from "../../../host/src/testing/guard.js";
import { InThread } from "../guest.js";
import { inTurn, pairedRow } from "../stats.js";
import type { Benchmark, Row, Target } from "../types.js";

const OPERATIONS = 40_000;
/** A policy may cost the hot path so much, and no more. */
const COST: Target = { of: "ratio", limit: 1.05 };
const POLICY = parsePolicy(
  `version: 1
programs: { allow: [{ type: raw_tracepoint, targets: ["**"] }, { type: syscall, sleepable: true }, { type: tracepoint, targets: ["**"] }, { type: socket_filter, targets: ["**"] }] }
maps: { types: ["*"], maxBytes: 1Gi }
host: { stdout: true, stderr: true, clock: true, arguments: true }`,
  "bench.policy.yaml",
);

/** The same calls of the same module with a policy in force, and with nobody who guards them. */
export const policy: Benchmark = {
  name: "policy",
  async run({ rounds, scale }) {
    const count = Math.ceil(OPERATIONS * scale);
    const free = await InThread.start([], null);
    const bound = await InThread.start([], { ...UNGUARDED, policy: POLICY });
    const time = (guest: InThread, call: string) => (): number => {
      let ns = 0;
      let done = 0;
      while (done < count) {
        const one = guest.timed(call);
        ns += one.ns;
        done += one.count;
      }
      return ns / done;
    };
    const rows: Row[] = [];
    try {
      for (const call of ["lookupHash", "updateHash", "lookupArray"]) {
        free.call("populate");
        bound.call("populate");
        const results = await inTurn(rounds, async () => time(free, call)(), time(bound, call));
        rows.push(
          pairedRow(`${call} under a policy`, "ns/call", results.native, results.ours, COST),
        );
      }
    } finally {
      free.close();
      bound.close();
    }
    return rows;
  },
};
