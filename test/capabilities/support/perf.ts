import { readFileSync } from "node:fs";

/** Whether perf events, by which tracepoints are attached too, need CAP_SYS_ADMIN: Debian's kernels have a level 3 of `kernel.perf_event_paranoid`, and begin with it. */
export const PERF_FOR_ROOT =
  Number(readFileSync("/proc/sys/kernel/perf_event_paranoid", "utf8")) > 2;
