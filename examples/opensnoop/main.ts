import { args, console, fail, run } from "@wbpf/sdk/assembly";
import { Event, Opensnoop } from "./opensnoop.bpf";

const USAGE = "usage: opensnoop [--pid PID] [--failed] [--duration SECONDS]";

function print(e: Event): void {
  const fd = e.result < 0 ? -1 : e.result;
  const error = e.result < 0 ? -e.result : 0;
  console.log(
    `${e.pid.toString().padStart(7)} ${e.comm.padEnd(16)} ${fd.toString().padStart(3)} ${error.toString().padStart(3)} ${e.filename}`,
  );
}

export function main(): i32 {
  const pid = args.i32("pid", 0);
  const failed = args.has("failed");
  const seconds = args.i32("duration", -1);
  args.end(USAGE);

  const tool = Opensnoop.open();
  tool.rodata.only_pid = pid;
  tool.rodata.only_failed = failed;
  if (tool.load() < 0 || tool.attach() < 0) return fail();

  console.log(`    PID ${"COMM".padEnd(16)}  FD ERR PATH`);
  tool.maps.rb.onEvent(print);
  return run(seconds < 0 ? -1 : <i64>seconds * 1000);
}
