// Starts a module many times and kills it at a random moment between `from` and `until` ms of its life, in one process: a kill that is not survived ends that process.
// Prints how often it was killed, how it ended each time it was not and what it had printed, and which objects of BPF and which files are left open in the process.
import { readdirSync, readlinkSync } from "node:fs";

const [host, wasm, times, from, until] = process.argv.slice(2);
const { Module, allowAll } = await import(host);
const module = await Module.load(wasm);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Objects of BPF, and files of programs: what else a process has open comes and goes. */
const OBJECTS = /^anon_inode:\[?(bpf|btf|perf)|^\/.*\.(js|json|node)$/;
const open = () =>
  readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    })
    .filter((target) => OBJECTS.test(target));

let killed = 0;
const endedItself = [];
const before = open();
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
  await wait(Number(from) + Math.random() * (until - from));
  // A timer fires at whole milliseconds, and a call may be over in less.
  for (const end = performance.now() + Math.random(); performance.now() < end; );
  running.kill();
  const result = await running.finished;
  if (result.kind === "killed" && printed === "") killed++;
  else endedItself.push({ ...result, printed });
}

const left = open();
for (const target of before) if (left.includes(target)) left.splice(left.indexOf(target), 1);
console.log(JSON.stringify({ killed, endedItself, left }));
