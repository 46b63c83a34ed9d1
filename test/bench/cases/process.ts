import { statSync } from "node:fs";
import { join } from "node:path";
import { build, Process, root, start } from "../../support/wbpf.js";
import { nativeProgram } from "../native.js";
import { inTurn, pairedRow, singleRow } from "../stats.js";
import type { Benchmark } from "../types.js";

const bootstrap = join(root, "examples/bootstrap");
const wasm = join(bootstrap, "build/bootstrap.wasm");
const object = join(bootstrap, "build/bootstrap.bpf.o");

/** Milliseconds until a process has printed something, and it is stopped then; and from the stop to its end. */
async function startAndStop(process: Process, printed: RegExp) {
  const from = performance.now();
  await process.printed(printed);
  const started = performance.now() - from;
  const asked = performance.now();
  await process.stop("SIGINT");
  return { started, stopped: performance.now() - asked };
}

/** From the start of a process to its first attached program, and from Ctrl-C to its end. */
export const startUp: Benchmark = {
  name: "start",
  async run({ rounds }) {
    await build(bootstrap);
    const empty: number[] = [];
    const stops = { native: [] as number[], ours: [] as number[] };
    const { native, ours } = await inTurn(
      rounds,
      async () => {
        const from = performance.now();
        await new Process(process.execPath, ["-e", "0"]).ended;
        empty.push(performance.now() - from);
        const c = new Process(nativeProgram(), ["attach", object]);
        const { started, stopped } = await startAndStop(c, /attached/);
        stops.native.push(stopped);
        return started;
      },
      async () => {
        const { started, stopped } = await startAndStop(start(["run", wasm]), /TIME/);
        stops.ours.push(stopped);
        return started;
      },
    );
    return [
      pairedRow("start to first attach, against C", "ms", native, ours),
      pairedRow("start to first attach, against node -e 0", "ms", empty.slice(1), ours, {
        of: "ratio",
        limit: 1.6,
      }),
      pairedRow("Ctrl-C to the end", "ms", stops.native.slice(1), stops.ours.slice(1)),
    ];
  },
};

/** Building an example, and what the module weighs without the BPF object in it. */
export const size: Benchmark = {
  name: "build",
  async run({ rounds }) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const from = performance.now();
      await build(bootstrap, "--force");
      times.push((performance.now() - from) / 1000);
    }
    const bytes = statSync(wasm).size - statSync(object).size;
    return [
      singleRow("build of bootstrap, everything anew", "s", times),
      singleRow("module of bootstrap without its object", "KB", [bytes / 1000], {
        of: "value",
        limit: 8,
      }),
    ];
  },
};
