import { args, console, fail, run } from "@wbpf/sdk/assembly";
import { Event, Execve } from "./execve.bpf";

const USAGE = "usage: execve [--duration SECONDS]";

function print(e: Event): void {
  console.log(
    `${e.pid.toString().padStart(7)} ${e.ppid.toString().padStart(7)} ${e.uid.toString().padStart(6)} ${e.comm.padEnd(16)} ${e.filename}`,
  );
}

export function main(): i32 {
  const seconds = args.i32("duration", -1);
  args.end(USAGE);

  const tool = Execve.open();
  if (tool.load() < 0 || tool.attach() < 0) return fail();

  tool.maps.events.onEvent(print);
  // What happens before the perf buffers are open is lost, so the heading is printed after that.
  if (tool.maps.events.open() < 0) return fail();
  console.log(`    PID    PPID    UID ${"COMM".padEnd(16)} FILE`);
  return run(seconds < 0 ? -1 : <i64>seconds * 1000);
}
