import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { Process, start } from "../../support/wbpf.js";
import { buildTool, moduleFile, objectFile } from "../guest.js";
import { nativeProgram } from "../native.js";
import { inTurn, pairedRow, quantile } from "../stats.js";
import type { Benchmark } from "../types.js";

const WAKE_UPS = 300;
const PAUSE_US = 2000;
const FLOOD_MS = 1500;
const NS_PER_US = 1000;

/** Latencies from the time in the record to its handler, in nanoseconds. */
async function latencies(consumer: Process, count: number): Promise<number[]> {
  await consumer.printed(/attached/);
  await once(spawn(nativeProgram(), ["trigger", String(count), String(PAUSE_US)]), "exit");
  const { stdout, stderr } = await consumer.ended;
  const numbers = stdout.match(/^\d+$/gm)?.map(Number) ?? [];
  if (numbers.length === 0) throw new Error(`no latencies: ${stderr}`);
  // The first wake-ups run cold code, on both sides.
  return numbers.slice(Math.floor(numbers.length / 10));
}

/** From a record's submission to its handler, with the consumer asleep: the record comes from another process every 2 ms. */
export const wake: Benchmark = {
  name: "wake",
  async run({ rounds, scale }) {
    await buildTool();
    const count = Math.ceil(WAKE_UPS * scale);
    const all = { native: [] as number[][], ours: [] as number[][] };
    await inTurn(
      rounds,
      async () => {
        const consumer = new Process(nativeProgram(), ["wake", objectFile, String(count)]);
        return all.native.push(await latencies(consumer, count));
      },
      async () => {
        const options = ["--handler", "wake", "--count", String(count)];
        return all.ours.push(await latencies(start(["run", moduleFile, ...options]), count));
      },
    );
    return [0.5, 0.99].map((at) => {
      const of = (side: number[][]) =>
        side.slice(1).map((numbers) => quantile(numbers, at) / NS_PER_US);
      const target = at === 0.5 ? ({ of: "ratio", limit: 1.25 } as const) : null;
      const title = `wake-up, p${at * 100}`;
      return pairedRow(title, "µs", of(all.native), of(all.ours), target);
    });
  },
};

interface FloodResult {
  readonly delivered: number;
  readonly nsPerEvent: number;
}

const field = (text: string, name: string): number =>
  Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1] ?? Number.NaN);

/** A consumer while a process makes records as fast as it can, then the consumer is stopped. */
async function flooded(consumer: Process, ms: number): Promise<FloodResult> {
  await consumer.printed(/attached/);
  const before = cpuTime(consumer);
  const producer = spawn(nativeProgram(), ["trigger", "0", "0"], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, ms));
  producer.kill("SIGKILL");
  // The kernel brings these numbers up to date when a thread goes to sleep.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const used = cpuTime(consumer) - before;
  const { stdout } = await consumer.stop("SIGINT");
  const seen = field(stdout, "seen");
  const made = field(stdout, "sent") + field(stdout, "dropped");
  return { delivered: seen / made, nsPerEvent: used / seen };
}

/** Nanoseconds that all threads of a process have run: `/proc/PID/task/TID/schedstat` (Documentation/scheduler/sched-stats.rst). */
function cpuTime({ child }: Process): number {
  const tasks = `/proc/${child.pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, one) => sum + one, 0);
}

/** End to end under a flood: what arrives, and the CPU time of the whole consuming process for it, without its start. */
export const flood: Benchmark = {
  name: "flood",
  async run({ rounds, scale }) {
    await buildTool();
    const ms = Math.max(100, FLOOD_MS * scale);
    const all = { native: [] as FloodResult[], ours: [] as FloodResult[] };
    await inTurn(
      rounds,
      async () => {
        const consumer = new Process(nativeProgram(), ["flood", objectFile]);
        return all.native.push(await flooded(consumer, ms));
      },
      async () => {
        const consumer = start(["run", moduleFile, "--handler", "flood"]);
        return all.ours.push(await flooded(consumer, ms));
      },
    );
    const of = (side: FloodResult[], pick: (one: FloodResult) => number) => side.slice(1).map(pick);
    return [
      pairedRow(
        "flood, delivered",
        "of 1",
        of(all.native, (one) => one.delivered),
        of(all.ours, (one) => one.delivered),
        { of: "ratio", limit: 0.99, kind: "least" },
      ),
      pairedRow(
        "flood, CPU",
        "ns/event",
        of(all.native, (one) => one.nsPerEvent),
        of(all.ours, (one) => one.nsPerEvent),
        { of: "ratio", limit: 1.05 },
      ),
    ];
  },
};
