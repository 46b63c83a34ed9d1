/** Starts a number of modules in this process and prints what they cost. For cases/memory.ts, which starts one process for each number. */
import { readFileSync } from "node:fs";
import type * as hostModule from "../../host/src/index.js";
import type { Running, SharedThread as SharedThreadType } from "../../host/src/index.js";
import { InThread, moduleFile, sharedModuleFile } from "./guest.js";

const [mode, number] = process.argv.slice(2);
const count = Number(number);

function residentMegabytes(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const pages = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]);
  return (pages * 4096) / 1e6;
}

const { Module, SharedThread, allowAll } = (await import(
  new URL("../../host/dist/bundle/index.js", import.meta.url).href
)) as typeof hostModule;
const shared = mode === "shared";
const running: Running[] = [];
let thread: SharedThreadType | undefined;

/** Starts so many, all in one thread or each in its own, and returns when each has said that it waits. */
async function start(more: number): Promise<void> {
  const module = await Module.load(shared ? sharedModuleFile : moduleFile);
  if (shared) thread ??= new SharedThread();
  let ready = 0;
  for (let i = 0; i < more; i++) {
    running.push(
      module.start({
        ...(thread && { thread }),
        args: ["--handler", "idle"],
        policy: allowAll(),
        stdout: () => {
          ready++;
        },
      }),
    );
  }
  while (ready < more) await new Promise((resolve) => setTimeout(resolve, 1));
}

// What is loaded once, however many modules there are, is not theirs.
(await InThread.start(["--handler", "nothing"])).close();
const before = residentMegabytes();
await start(1);
const one = residentMegabytes();
// In a thread that is there already the CPU time of all threads counts, which does not know what else the machine does; where threads start, they wait for each other.
const cpu = process.cpuUsage();
const from = performance.now();
await start(count - 1);
const wall = performance.now() - from;
const { user, system } = process.cpuUsage(cpu);
const all = residentMegabytes();
process.stdout.write(
  `${JSON.stringify({
    megabytes: all - before,
    further: { megabytes: all - one, ms: shared ? (user + system) / 1000 : wall },
  })}\n`,
);
for (const each of running) each.stop();
void thread?.close();
