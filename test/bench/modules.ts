/** Starts a number of modules in this process and prints what they cost. For cases/memory.ts, which starts one process for each number. */
import { readFileSync } from "node:fs";
import type * as hostModule from "../../host/src/index.js";
import { InThread, moduleFile, sharedModuleFile } from "./guest.js";

const [mode, number] = process.argv.slice(2);
const count = Number(number);

function residentMegabytes(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const pages = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]);
  return (pages * 4096) / 1e6;
}

/** Starts them, all in one thread or each in its own, and returns when each has said that it waits. */
async function start(shared: boolean): Promise<() => void> {
  const host = new URL("../../host/dist/bundle/index.js", import.meta.url).href;
  const { Module, SharedThread, allowAll } = (await import(host)) as typeof hostModule;
  const module = await Module.load(shared ? sharedModuleFile : moduleFile);
  const thread = shared ? new SharedThread() : undefined;
  let ready = 0;
  const running = Array.from({ length: count }, () =>
    module.start({
      ...(thread && { thread }),
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
    void thread?.close();
  };
}

// What is loaded once, however many modules there are, is not theirs.
(await InThread.start(["--handler", "nothing"])).close();
const before = residentMegabytes();
// The CPU time of all threads, which does not count what else the machine does.
const cpu = process.cpuUsage();
const from = performance.now();
const stop = await start(mode === "shared");
const wall = performance.now() - from;
const { user, system } = process.cpuUsage(cpu);
const ms = mode === "shared" ? (user + system) / 1000 : wall;
const megabytes = residentMegabytes() - before;
process.stdout.write(`${JSON.stringify({ megabytes, ms })}\n`);
stop();
