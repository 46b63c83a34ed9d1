/** `enum perf_type_id` of `include/uapi/linux/perf_event.h`. */
export namespace perfType {
  export const HARDWARE: u32 = 0;
  export const SOFTWARE: u32 = 1;
  export const TRACEPOINT: u32 = 2;
  export const HW_CACHE: u32 = 3;
  export const RAW: u32 = 4;
}

/** Some of `enum perf_hw_id` and `enum perf_sw_ids`: the `config` of an event. */
export namespace perfCount {
  /** Hardware. */
  export const HW_CPU_CYCLES: u64 = 0;
  export const HW_INSTRUCTIONS: u64 = 1;
  export const HW_CACHE_REFERENCES: u64 = 2;
  export const HW_CACHE_MISSES: u64 = 3;
  export const HW_BRANCH_INSTRUCTIONS: u64 = 4;
  export const HW_BRANCH_MISSES: u64 = 5;
  /** Software. */
  export const SW_CPU_CLOCK: u64 = 0;
  export const SW_TASK_CLOCK: u64 = 1;
  export const SW_PAGE_FAULTS: u64 = 2;
  export const SW_CONTEXT_SWITCHES: u64 = 3;
  export const SW_CPU_MIGRATIONS: u64 = 4;
}

/** Which event, how often, where; the fields that count of `struct perf_event_attr`, and perf_event_open(2)'s. */
export class PerfEventOptions {
  type: u32 = perfType.SOFTWARE;
  config: u64 = perfCount.SW_CPU_CLOCK;
  /** Samples a second. Either this or {@link period}. */
  frequency: u64 = 0;
  /** Events between two samples; for a clock nanoseconds. */
  period: u64 = 0;
  /** Only this thread (a process's number is its first thread's); -1: all. */
  pid: i32 = -1;
  /** Only this CPU; -1: all, which with every process is one event for each CPU, in one link. */
  cpu: i32 = -1;
  /** What `bpf_get_attach_cookie()` gives the program. Linux 5.15. */
  cookie: u64 = 0;
}
