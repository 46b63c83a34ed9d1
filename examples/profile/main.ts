import { args, Counter, console, fail, PerfEventOptions, run, Symbols } from "@wbpf/sdk/assembly";
import { Profile, StackSample } from "./profile.bpf";

const USAGE = "usage: profile [--duration SECONDS] [--frequency HZ] [--pid PID]";

/** Each folded stack with the number of its samples. */
const counts = new Map<string, u32>();
const symbols = new Symbols();
let taken: Counter | null = null;
let series: i32 = 0;

/** What comes after the last slash. */
function baseName(path: string): string {
  return path.substring(path.lastIndexOf("/") + 1);
}

/** The frames of the latest batch, the outermost first. */
function folded(count: i32, suffix: string): string {
  let text = "";
  for (let i = count - 1; i >= 0; i--) {
    const name = symbols.name(i);
    const file = baseName(symbols.file(i));
    const frame = name.length > 0 ? name : file.length > 0 ? `[${file}]` : "[unknown]";
    text += ";" + frame + suffix;
  }
  return text;
}

function onSample(sample: StackSample): void {
  let stack = sample.comm;
  const user = sample.user_size / 8;
  if (user > 0) {
    const found = symbols.ofProcess(<i32>sample.pid, sample.user, user);
    // A process that has ended meanwhile has no symbols any more.
    stack += found < 0 ? ";[unknown]" : folded(found, "");
  }
  const kernel = sample.kernel_size / 8;
  if (kernel > 0) {
    const found = symbols.ofKernel(sample.kernel, kernel);
    stack += found < 0 ? ";[kernel]" : folded(found, "_[k]");
  }
  counts.set(stack, (counts.has(stack) ? counts.get(stack) : 0) + 1);
  const counter = taken;
  if (counter !== null) counter.add(1, series);
}

export function main(): i32 {
  const seconds = args.i32("duration", -1);
  const frequency = args.i32("frequency", 49);
  const pid = args.i32("pid", 0);
  args.end(USAGE);

  const tool = Profile.open();
  tool.rodata.only_pid = <u32>pid;
  tool.maps.samples.onEvent(onSample);
  if (tool.load() < 0) return fail();
  const event = new PerfEventOptions();
  event.frequency = frequency;
  if (tool.progs.on_sample.attachPerfEvent(event) === null) return fail();
  const counter = new Counter("profile_samples_total", "Samples that were taken.");
  series = counter.series();
  // Without the permission for metrics there are none.
  if (series > 0) taken = counter;

  const code = run(seconds < 0 ? -1 : <i64>seconds * 1000);
  const stacks = counts.keys();
  for (let i = 0; i < stacks.length; i++) console.log(`${stacks[i]} ${counts.get(stacks[i])}`);
  if (tool.bss.lost > 0) console.error(`${tool.bss.lost} samples were lost`);
  return code;
}
