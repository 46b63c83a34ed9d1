/** Starts a number of modules in this process and prints what they cost. For cases/memory.ts, which starts one process for each number. */
import { readFileSync } from "node:fs";
import type * as hostModule from "../../host/src/index.js";
import { InThread, moduleFile } from "./guest.js";
import { threadClock } from "./native.js";

const [mode, number] = process.argv.slice(2);
const count = Number(number);

function residentMegabytes(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const pages = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]);
  return (pages * 4096) / 1e6;
}

async function isolate(): Promise<() => void> {
  const modules: InThread[] = [];
  for (let i = 0; i < count; i++) modules.push(await InThread.start(["--handler", "nothing"]));
  return () => {
    for (const module of modules) module.close();
  };
}

async function workers(): Promise<() => void> {
  const host = new URL("../../host/dist/bundle/index.js", import.meta.url).href;
  const { Module, allowAll } = (await import(host)) as typeof hostModule;
  const module = await Module.load(moduleFile);
  let ready = 0;
  const running = Array.from({ length: count }, () =>
    module.start({
      args: ["--handler", "idle"],
      policy: allowAll(),
      stdout: () => {
        ready++;
      },
    }),
  );
  while (ready < count) await new Promise((resolve) => setTimeout(resolve, 1));
  return () => {
    for (const one of running) one.stop();
  };
}

// What is loaded once, however many modules there are, is not theirs.
(await InThread.start(["--handler", "nothing"])).close();
const before = residentMegabytes();
// In one isolate one thread does it all: its own time, which does not count what else the machine does.
const cpu = threadClock();
const now = mode === "worker" ? () => performance.now() : () => cpu() / 1e6;
const from = now();
const stop = await (mode === "worker" ? workers() : isolate());
const ms = now() - from;
const megabytes = residentMegabytes() - before;
process.stdout.write(`${JSON.stringify({ megabytes, ms })}\n`);
stop();
