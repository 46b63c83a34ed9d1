import { args, console, fail, run } from "@wbpf/sdk/assembly";
import { Runqlat } from "./runqlat.bpf";

const USAGE = "usage: runqlat [--duration SECONDS]";
const SLOTS: i32 = 32;
/** Stars of the longest bar. */
const WIDTH: u64 = 40;

function print(counts: StaticArray<u64>): void {
  let last = 0;
  let most: u64 = 1;
  for (let slot = 0; slot < SLOTS; slot++) {
    if (counts[slot] > 0) last = slot;
    most = max(most, counts[slot]);
  }
  console.log(`${"usecs".padStart(21)} : ${"count".padEnd(8)} distribution`);
  for (let slot = 0; slot <= last; slot++) {
    const low: u64 = slot == 0 ? 0 : (<u64>1) << slot;
    const high: u64 = ((<u64>2) << slot) - 1;
    const stars = "*".repeat(<i32>((counts[slot] * WIDTH) / most));
    console.log(
      `${low.toString().padStart(9)} -> ${high.toString().padEnd(8)} : ${counts[slot].toString().padEnd(8)} |${stars.padEnd(<i32>WIDTH)}|`,
    );
  }
}

export function main(): i32 {
  const seconds = args.i32("duration", -1);
  args.end(USAGE);

  const tool = Runqlat.open();
  if (tool.load() < 0 || tool.attach() < 0) return fail();

  console.log("Tracing how long tasks wait for a CPU … Ctrl-C shows it.");
  const code = run(seconds < 0 ? -1 : <i64>seconds * 1000);
  const counts = new StaticArray<u64>(SLOTS);
  for (let slot = 0; slot < SLOTS; slot++) counts[slot] = tool.maps.slots.get(slot, 0);
  print(counts);
  return code;
}
