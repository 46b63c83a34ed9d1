// Starts a module many times and kills it at a random moment of its life, in one process: a kill that is not survived ends that process. Prints what is left of BPF
// in it at the end.
import { readdirSync, readlinkSync } from "node:fs";

const [host, wasm, times] = process.argv.slice(2);
const { Module, allowAll } = await import(host);
const module = await Module.load(wasm);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const kinds = {};
for (let i = 0; i < Number(times); i++) {
  const running = module.start({
    args: ["--mode", "endless"],
    policy: allowAll(),
    stdout: () => {},
    stderr: () => {},
  });
  await wait(40 + Math.random() * 120);
  // A timer fires at whole milliseconds, and a call may be over in less.
  for (const end = performance.now() + Math.random(); performance.now() < end; );
  running.kill();
  const { kind } = await running.finished;
  kinds[kind] = (kinds[kind] ?? 0) + 1;
}

const targets = readdirSync("/proc/self/fd").flatMap((fd) => {
  try {
    return [readlinkSync(`/proc/self/fd/${fd}`)];
  } catch {
    return [];
  }
});
console.log(JSON.stringify({ kinds, left: targets.filter((target) => target.includes("bpf")) }));
