import { console, fail, poll, time } from "@wbpf/sdk/assembly";
import { Bench, type Event } from "./bench.bpf";

const LOOKUPS: i32 = 200_000;
const FILLING: u64 = 3_000_000_000;

let records: u64 = 0;
let sum: u64 = 0;

function add(e: Event): void {
  sum += e.value;
  records++;
}

/** Prints nanoseconds a record and a map operation. */
export function main(): i32 {
  const tool = Bench.open();
  if (tool.load() < 0 || tool.attach() < 0) return fail();
  if (tool.maps.hash.set(1, 7) < 0) return fail();
  console.log("FILL");
  // The ring keeps what is written before it is opened.
  const until = time.monotonic() + FILLING;
  while (time.monotonic() < until) {}

  tool.maps.rb.onEvent(add);
  let start = time.monotonic();
  while (poll(0) > 0) {}
  let took = time.monotonic() - start;
  console.log(`records ${records} ns ${(<f64>took / <f64>records).toString()}`);

  start = time.monotonic();
  for (let i = 0; i < LOOKUPS; i++) sum += tool.maps.hash.get(1, 0);
  took = time.monotonic() - start;
  console.log(`lookups ${LOOKUPS} ns ${(<f64>took / <f64>LOOKUPS).toString()}`);
  return sum > 0 ? 0 : 1;
}
