import { args, console, fail, run, time } from "@wbpf/sdk/assembly";
import { Bootstrap, Event } from "./bootstrap.bpf";

const USAGE = "usage: bootstrap [--min-duration-ms N] [--duration SECONDS]";
const NS_PER_MS: u64 = 1_000_000;

function print(e: Event): void {
  const who = `${time.clock(time.now())} ${e.exit_event ? "EXIT" : "EXEC"} ${e.comm.padEnd(16)} ${e.pid.toString().padStart(7)} ${e.ppid.toString().padStart(7)}`;
  if (!e.exit_event) {
    console.log(`${who} ${e.filename}`);
    return;
  }
  const how = e.signal !== 0 ? `[signal ${e.signal}]` : `[${e.exit_code}]`;
  const lived = e.duration_ns > 0 ? ` (${e.duration_ns / NS_PER_MS} ms)` : "";
  console.log(`${who} ${how}${lived}`);
}

export function main(): i32 {
  const minimum = args.u64("min-duration-ms", 0);
  const seconds = args.i32("duration", -1);
  args.end(USAGE);

  const tool = Bootstrap.open();
  tool.rodata.min_duration_ns = minimum * NS_PER_MS;
  if (tool.load() < 0 || tool.attach() < 0) return fail();

  console.log(
    `${"TIME".padEnd(8)} WHAT ${"COMM".padEnd(16)}     PID    PPID FILE or [EXIT CODE] (LIVED)`,
  );
  tool.maps.rb.onEvent(print);
  return run(seconds < 0 ? -1 : <i64>seconds * 1000);
}
