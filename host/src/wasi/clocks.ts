import type { WasiContext, WasiImport } from "./context.js";
import { WasiErrno, wasiResult } from "./errno.js";

/** `clockid` of WASI preview 1. */
const REALTIME = 0;
const MONOTONIC = 1;

const NS_PER_MS = 1_000_000n;

/**
 * The time of day in nanoseconds. Node's own goes in milliseconds, so the monotonic clock fills in what is below, and the two are brought together again when
 * someone sets the clock.
 */
function realtimeClock(): () => bigint {
  let offset = BigInt(Date.now()) * NS_PER_MS - process.hrtime.bigint();
  return () => {
    const now = process.hrtime.bigint() + offset;
    const wall = BigInt(Date.now()) * NS_PER_MS;
    // Date.now() cuts off: the true time lies within the millisecond that starts there.
    if (now < wall) offset += wall - now;
    else if (now >= wall + NS_PER_MS) offset -= now - wall - NS_PER_MS + 1n;
    return process.hrtime.bigint() + offset;
  };
}

/** `clock_*`. The monotonic clock is the kernel's `CLOCK_MONOTONIC`, the one that `bpf_ktime_get_ns()` reads. */
export function clockImports({ memory }: WasiContext): Record<string, WasiImport> {
  // Made at the first call: most modules never ask for the time of day.
  let clock: (() => bigint) | undefined;
  const realtime = (): bigint => {
    clock ??= realtimeClock();
    return clock();
  };
  return {
    clock_time_get: (id: number, _precision: bigint, out: number) => {
      try {
        if (id !== REALTIME && id !== MONOTONIC) return WasiErrno.inval;
        memory.setU64(out, id === MONOTONIC ? process.hrtime.bigint() : realtime(), "the time");
        return WasiErrno.success;
      } catch (error) {
        return wasiResult("clock_time_get", error);
      }
    },
    clock_res_get: (id: number, out: number) => {
      try {
        if (id !== REALTIME && id !== MONOTONIC) return WasiErrno.inval;
        memory.setU64(out, id === MONOTONIC ? 1n : NS_PER_MS, "the clock's resolution");
        return WasiErrno.success;
      } catch (error) {
        return wasiResult("clock_res_get", error);
      }
    },
  };
}
