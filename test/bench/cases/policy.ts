import { parsePolicy } from "../../../host/src/policy/file/parse.js";
import { UNGUARDED } from "../../../host/src/testing/guard.js";
import { InThread } from "../guest.js";
import { inTurn, pairedRow } from "../stats.js";
import type { Benchmark, Row, Target } from "../types.js";

const OPERATIONS = 40_000;
const RECORDS = 400_000;
/** Asks for as many records as the ring buffer holds. */
const FILL = new Uint8Array(new Uint32Array([1 << 20, 0]).buffer);
/** A policy may cost the hot path so much, and no more. */
const COST: Target = { of: "ratio", limit: 1.05 };
const POLICY = parsePolicy(
  `version: 1
programs: { allow: [{ type: raw_tracepoint, targets: ["**"] }, { type: syscall, sleepable: true }, { type: tracepoint, targets: ["**"] }, { type: socket_filter, targets: ["**"] }], testRun: true }
maps: { types: ["*"], maxBytes: 1Gi }
host: { stdout: true, stderr: true, clock: true, arguments: true }`,
  "bench.policy.yaml",
);

/** The same calls of the same module with a policy in force, and with nobody who guards them. */
export const policy: Benchmark = {
  name: "policy",
  async run({ rounds, scale }) {
    const args = ["--handler", "count", "--size", "64"];
    const free = await InThread.start(args, null);
    const bound = await InThread.start(args, { ...UNGUARDED, policy: POLICY });
    const time =
      (guest: InThread, call: string, least: number, before?: () => void) => (): number => {
        let ns = 0;
        let done = 0;
        while (done < least * scale) {
          before?.();
          const one = guest.timed(call);
          if (one.count === 0) throw new Error(`${call} did nothing`);
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
        const [without, under] = [time(free, call, OPERATIONS), time(bound, call, OPERATIONS)];
        const results = await inTurn(rounds, async () => without(), under);
        rows.push(
          pairedRow(`${call} under a policy`, "ns/call", results.native, results.ours, COST),
        );
      }
      const drain = (guest: InThread) => {
        // The buffer is opened at the first poll.
        guest.call("drain");
        return time(guest, "drain", RECORDS, () => guest.run("fill_64", FILL.slice()));
      };
      const [without, under] = [drain(free), drain(bound)];
      const polls = await inTurn(rounds, async () => without(), under);
      rows.push(
        pairedRow(
          "poll, 64-byte records, under a policy",
          "ns/record",
          polls.native,
          polls.ours,
          COST,
        ),
      );
    } finally {
      free.close();
      bound.close();
    }
    return rows;
  },
};
