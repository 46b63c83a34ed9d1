import { clock_time_get } from "../abi/wasi";

const CLOCK_REALTIME: i32 = 0;
const CLOCK_MONOTONIC: i32 = 1;

const cell: usize = memory.data(8, 8);

function read(clock: i32): u64 {
  clock_time_get(clock, 1, cell);
  return load<u64>(cell);
}

function twoDigits(value: u64): string {
  return value < 10 ? "0" + value.toString() : value.toString();
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
    return `${twoDigits((seconds / 3600) % 24)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  }
}
