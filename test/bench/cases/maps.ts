import { InThread, objectFile } from "../guest.js";
import { Measurer } from "../native.js";
import { inTurn, pairedRow } from "../stats.js";
import type { Benchmark, Row, Target } from "../types.js";

const OPERATIONS = 40_000;
/** An element of a batch takes a thirtieth of a call. */
const BATCHED = 800_000;
const LIVE = 20_000_000;
/** Each round of that loop is a load and a store. */
const ACCESSES = 2;
const CALL: Target = { of: "ratio", limit: 1.1 };
const BATCH: Target = { of: "ratio", limit: 1.05 };

const CASES: { map: string; operation: string; call: string; target: Target | null }[] = [
  { map: "hash", operation: "lookup", call: "lookupHash", target: CALL },
  { map: "hash", operation: "update", call: "updateHash", target: CALL },
  { map: "hash", operation: "delete", call: "deleteHash", target: CALL },
  { map: "hash", operation: "iterate", call: "iterateHash", target: null },
  { map: "array", operation: "lookup", call: "lookupArray", target: CALL },
  { map: "array", operation: "update", call: "updateArray", target: CALL },
  { map: "per_cpu", operation: "lookup", call: "lookupPerCpu", target: CALL },
  { map: "per_cpu", operation: "update", call: "updatePerCpu", target: CALL },
  { map: "hash", operation: "batch_lookup", call: "lookupHashBatch", target: BATCH },
  { map: "hash", operation: "batch_update", call: "updateHashBatch", target: BATCH },
  { map: "hash", operation: "batch_delete", call: "deleteHashBatch", target: BATCH },
  { map: "array", operation: "batch_lookup", call: "lookupArrayBatch", target: BATCH },
];
/** After these the map is empty. */
const EMPTIES = /delete$/;
const PER_ELEMENT = /^(iterate|batch_)/;

/** Operations on maps, as many system calls on both sides: one each, two for an element that is walked to, one for 1,024 elements of a batch. */
export const maps: Benchmark = {
  name: "maps",
  async run({ rounds, scale }) {
    const guest = await InThread.start([]);
    const native = new Measurer(objectFile);
    const rows: Row[] = [];
    try {
      for (const { map, operation, call, target } of CASES) {
        const all = operation.startsWith("batch_") ? BATCHED : OPERATIONS;
        const count = Math.ceil(all * scale);
        const ours = () => {
          // As the native side does it: what is measured next is in the caches, of which the other side's round left nothing.
          if (map === "hash") guest.call("populate");
          let ns = 0;
          let done = 0;
          while (done < count) {
            const one = guest.timed(call);
            if (one.count === 0) throw new Error(`${call} found nothing`);
            ns += one.ns;
            done += one.count;
            if (EMPTIES.test(operation)) guest.call("populate");
          }
          return ns / done;
        };
        const asked = () => native.ask(`map ${map} ${operation} ${count}`);
        const results = await inTurn(rounds, asked, ours);
        const unit = PER_ELEMENT.test(operation) ? "ns/element" : "ns/call";
        const title = `map, ${map.replace("_", "-")}, ${operation.replace("_", " ")}`;
        rows.push(pairedRow(title, unit, results.native, results.ours, target));
      }
    } finally {
      native.close();
      guest.close();
    }
    return rows;
  },
};

/** A variable of `.bss` that is read and written where it stands. */
export const live: Benchmark = {
  name: "live",
  async run({ rounds, scale }) {
    const count = Math.ceil(LIVE * scale);
    const guest = await InThread.start([]);
    const native = new Measurer(objectFile);
    try {
      const results = await inTurn(
        rounds,
        async () => (await native.ask(`live - - ${count}`)) / ACCESSES,
        () => {
          const { ns, count: done } = guest.timed("countLive", count);
          return ns / done / ACCESSES;
        },
      );
      const target: Target = { of: "value", limit: 2 };
      return [pairedRow("live map, load or store", "ns", results.native, results.ours, target)];
    } finally {
      native.close();
      guest.close();
    }
  },
};
