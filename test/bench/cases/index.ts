import type { Benchmark } from "../types.js";
import { codegen } from "./codegen.js";
import { flood, wake } from "./latency.js";
import { live, maps } from "./maps.js";
import { memory } from "./memory.js";
import { policy } from "./policy.js";
import { size, startUp } from "./process.js";
import { perf, ring } from "./ring.js";
import { stop } from "./stop.js";

/** All of them, in the order of the table. */
export const benchmarks: readonly Benchmark[] = [
  ring,
  perf,
  flood,
  wake,
  maps,
  live,
  policy,
  startUp,
  stop,
  memory,
  size,
  codegen,
];
