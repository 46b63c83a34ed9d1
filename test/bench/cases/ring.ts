import { InThread, objectFile } from "../guest.js";
import { Measurer } from "../native.js";
import { inTurn, pairedRow } from "../stats.js";
import type { Benchmark, Effort, Row, Target } from "../types.js";

/** Everything that fits. */
const REQUEST = new Uint8Array(new Uint32Array([1 << 20, 0]).buffer);
/** Two per-CPU perf buffers hold several of these. */
const PERF_BURSTS = 8;
const PERF_REQUEST = new Uint8Array(new BigUint64Array([256n]).buffer);
const RECORDS = 400_000;

const HANDLERS = [
  { handler: "count", what: "count only" },
  { handler: "fields", what: "two fields" },
  { handler: "whole", what: "whole record" },
  { handler: "hash", what: "hash and histogram" },
];

async function consume(
  title: string,
  args: readonly string[],
  command: (records: number) => string,
  fill: (guest: InThread) => void,
  { rounds, scale }: Effort,
  target: Target | null,
): Promise<Row> {
  const records = Math.ceil(RECORDS * scale);
  const guest = await InThread.start(args);
  // The buffer is opened at the first poll.
  guest.call("drain");
  const native = new Measurer(objectFile);
  const ours = () => {
    let ns = 0;
    let count = 0;
    while (count < records) {
      fill(guest);
      const one = guest.timed("drain");
      if (one.count === 0) throw new Error("nothing was consumed");
      ns += one.ns;
      count += one.count;
    }
    return ns / count;
  };
  try {
    const results = await inTurn(rounds, () => native.ask(command(records)), ours);
    return pairedRow(title, "ns/record", results.native, results.ours, target);
  } finally {
    native.close();
    guest.close();
  }
}

/** Consumption of a ring buffer that was filled before. */
export const ring: Benchmark = {
  name: "ring",
  async run(effort) {
    const rows: Row[] = [];
    for (const size of [64, 256]) {
      for (const { handler, what } of HANDLERS) {
        const limit =
          size === 64 ? ({ count: 2, hash: 1.3 } as Record<string, number>)[handler] : undefined;
        rows.push(
          await consume(
            `ring, ${size} bytes, ${what}`,
            ["--handler", handler, "--size", String(size)],
            (records) => `ring ${handler} ${size} ${records}`,
            (guest) => guest.run(`fill_${size}`, REQUEST.slice()),
            effort,
            limit === undefined ? null : { of: "ratio", limit },
          ),
        );
      }
    }
    return rows;
  },
};

/** The same of perf buffers. */
export const perf: Benchmark = {
  name: "perf",
  async run(effort) {
    return [
      await consume(
        "perf buffer, 64 bytes, count only",
        ["--buffer", "perf"],
        (records) => `perf - - ${records}`,
        (guest) => {
          for (let i = 0; i < PERF_BURSTS; i++) guest.run("fill_perf", PERF_REQUEST.slice());
        },
        effort,
        { of: "ratio", limit: 2.5 },
      ),
    ];
  },
};
