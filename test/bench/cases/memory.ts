import { fileURLToPath } from "node:url";
import { Process } from "../../support/wbpf.js";
import { buildSharedTool } from "../guest.js";
import { singleRow } from "../stats.js";
import type { Benchmark, Row } from "../types.js";

const child = fileURLToPath(new URL("../modules.ts", import.meta.url));
const COUNTS = [1, 10, 50];

interface Cost {
  /** Of all modules together. */
  readonly megabytes: number;
  /** Of those after the first. */
  readonly further: { readonly megabytes: number; readonly ms: number };
}

async function cost(mode: "shared" | "worker", count: number): Promise<Cost> {
  const args = ["--expose-gc", "--import", "tsx", child, mode, String(count)];
  const { code, stdout, stderr } = await new Process(process.execPath, args).ended;
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Cost;
}

/** What many modules cost in one process, in a thread that all share or each in one of its own, without what they would load into the kernel. */
export const memory: Benchmark = {
  name: "memory",
  async run({ rounds, scale }) {
    await buildSharedTool();
    const rows: Row[] = [];
    for (const mode of ["shared", "worker"] as const) {
      const where = mode === "shared" ? "in one thread" : "each in a thread";
      const all = new Map<number, Cost[]>();
      for (const count of COUNTS) {
        if (scale < 1 && count > 1) continue;
        const costs: Cost[] = [];
        for (let round = 0; round < rounds; round++) costs.push(await cost(mode, count));
        all.set(count, costs);
        const megabytes = costs.map((one) => one.megabytes);
        rows.push(singleRow(`memory, ${count} ${where}`, "MB", megabytes));
      }
      const many = all.get(50);
      if (many === undefined) continue;
      const further = (pick: (cost: Cost["further"]) => number) =>
        many.map((cost) => pick(cost.further) / 49);
      const shared = mode === "shared";
      rows.push(
        singleRow(
          `a further module ${where}, memory`,
          "MB",
          further((cost) => cost.megabytes),
          shared ? { of: "value", limit: 0.2 } : null,
        ),
        singleRow(
          `a further module ${where}, time`,
          "ms",
          further((cost) => cost.ms),
          shared ? { of: "value", limit: 1 } : null,
        ),
      );
    }
    return rows;
  },
};
