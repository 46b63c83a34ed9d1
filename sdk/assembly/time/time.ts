import { clock_time_get } from "../abi/wasi";
import { addUnit, addUnsigned, begin, toText } from "../console/parts";

const CLOCK_REALTIME: i32 = 0;
const CLOCK_MONOTONIC: i32 = 1;
const COLON: u32 = 0x3a;

const cell: usize = memory.data(8, 8);

function read(clock: i32): u64 {
  clock_time_get(clock, 1, cell);
  return load<u64>(cell);
}

function twoDigits(start: u32, value: u64): u32 {
  return addUnsigned(value < 10 ? addUnsigned(start, 0) : start, value);
}

/** Clocks. All values are nanoseconds. */
export namespace time {
  /** Nanoseconds since 1970-01-01 00:00 UTC (CLOCK_REALTIME). */
  export function now(): u64 {
    return read(CLOCK_REALTIME);
  }

  /** Nanoseconds since boot, not counting suspend (CLOCK_MONOTONIC): the clock of `bpf_ktime_get_ns()`. */
  export function monotonic(): u64 {
    return read(CLOCK_MONOTONIC);
  }

  /** The time of day that a `bpf_ktime_get_ns()` value stands for, as nanoseconds since 1970-01-01 00:00 UTC. */
  export function fromMonotonic(nanoseconds: u64): u64 {
    return now() - (monotonic() - nanoseconds);
  }

  /** `HH:MM:SS` in UTC, of nanoseconds since 1970-01-01 00:00 UTC. */
  export function clock(nanoseconds: u64): string {
    const seconds = nanoseconds / 1_000_000_000;
    const hours = addUnit(twoDigits(begin(), (seconds / 3600) % 24), COLON);
    const minutes = addUnit(twoDigits(hours, (seconds / 60) % 60), COLON);
    return toText(twoDigits(minutes, seconds % 60));
  }
}
