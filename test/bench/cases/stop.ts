import type * as hostModule from "../../../host/src/index.js";
import { ALLOW_ALL } from "../../../host/src/policy/model/defaults.js";
import { buildTool, moduleFile } from "../guest.js";
import { singleRow } from "../stats.js";
import type { Benchmark, Row, Target } from "../types.js";

const WITHIN: Target = { of: "value", limit: 100 };

/** Milliseconds from the request to the end of a module that is running. */
async function latency(
  module: hostModule.Module,
  handler: string,
  end: (running: hostModule.Running) => void,
): Promise<number> {
  let resolve = () => {};
  const ready = new Promise<void>((done) => {
    resolve = done;
  });
  const running = module.start({
    args: ["--handler", handler],
    policy: ALLOW_ALL,
    stdout: () => resolve(),
    // None of it passes if the module does what it is asked to.
    graceMs: 60_000,
  });
  await ready;
  // Until it sleeps, or spins.
  await new Promise((wait) => setTimeout(wait, 20));
  const from = performance.now();
  end(running);
  await running.finished;
  return performance.now() - from;
}

/** How long a module runs on when it is to stop: one that waits is asked, one in an endless loop is ended. */
export const stop: Benchmark = {
  name: "stop",
  async run({ rounds }) {
    await buildTool();
    const host = new URL("../../../host/dist/bundle/index.js", import.meta.url).href;
    const { Module } = (await import(host)) as typeof hostModule;
    const module = await Module.load(moduleFile);
    const rows: Row[] = [];
    for (const [title, handler, end] of [
      ["stop of a module that waits", "idle", (running) => running.stop()],
      ["end of a module in a loop", "spin", (running) => running.kill()],
    ] as const satisfies readonly [string, string, (running: hostModule.Running) => void][]) {
      const all: number[] = [];
      for (let round = -1; round < rounds; round++) {
        const ms = await latency(module, handler, end);
        if (round >= 0) all.push(ms);
      }
      rows.push(singleRow(title, "ms", all, WITHIN));
    }
    return rows;
  },
};
