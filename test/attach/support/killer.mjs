// Starts a module many times and kills it at a random moment of its life, in one process: a kill that is not survived ends that process. Prints how often it was
// killed, how it ended each time it was not and what it had printed, and what is left of BPF in the process at the end.
import { readdirSync, readlinkSync } from "node:fs";

const [host, wasm, times] = process.argv.slice(2);
const { Module, allowAll } = await import(host);
const module = await Module.load(wasm);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let killed = 0;
const endedItself = [];
for (let i = 0; i < Number(times); i++) {
  let printed = "";
  const print = (bytes) => {
    printed += Buffer.from(bytes).toString();
  };
  const running = module.start({
    args: ["--mode", "endless"],
    policy: allowAll(),
    stdout: print,
    stderr: print,
  });
  await wait(40 + Math.random() * 120);
  // A timer fires at whole milliseconds, and a call may be over in less.
  for (const end = performance.now() + Math.random(); performance.now() < end; );
  running.kill();
  const result = await running.finished;
  if (result.kind === "killed" && printed === "") killed++;
  else endedItself.push({ ...result, printed });
}

const targets = readdirSync("/proc/self/fd").flatMap((fd) => {
  try {
    return [readlinkSync(`/proc/self/fd/${fd}`)];
  } catch {
    return [];
  }
});
// Objects of the kernel alone: files of a folder may have any name.
const left = targets.filter((target) => /^anon_inode:\[?(bpf|btf|perf)/.test(target));
console.log(JSON.stringify({ killed, endedItself, left }));
