/**
 * libbpf's nouns for the control plane of an eBPF tool, in AssemblyScript. A tool imports this and its generated skeleton, and nothing else.
 *
 * @module
 */

export { randomU64 } from "./abi/random";
export { ABI_VERSION } from "./abi/wbpf";
export { args } from "./args/args";
export { IterOptions } from "./attach/iter_options";
export {
  direction,
  linkFlags,
  NetfilterOptions,
  netkitSide,
  TcOptions,
  xdpFlags,
} from "./attach/network_options";
export { PerfEventOptions, perfCount, perfType } from "./attach/perf_event_options";
export {
  KprobeMultiOptions,
  KprobeOptions,
  UprobeMultiOptions,
  UprobeOptions,
} from "./attach/probe_options";
export { AnyBuffer } from "./buffer/any_buffer";
export { EventBuffer } from "./buffer/event_buffer";
export { PerfBuffer } from "./buffer/perf_buffer";
export { every, poll, run } from "./buffer/poll";
export { RingBuffer } from "./buffer/ring_buffer";
export { UserRingBuffer } from "./buffer/user_ring_buffer";
export { console } from "./console/console";
export { errno, errnoName } from "./errors/errno";
export { fail, lastError } from "./errors/last_error";
export { features } from "./features/features";
export { BpfLink } from "./link/bpf_link";
export { LinkInfo } from "./link/link_info";
export * from "./map/index";
export { Counter, Gauge, Histogram } from "./metrics/metric";
export { interfaceIndex } from "./net/interface_index";
export { BpfObject } from "./object/bpf_object";
export { LoadStep } from "./object/load_step";
export { privileges } from "./privileges/privileges";
export { BpfProgram } from "./program/bpf_program";
export { ProgramInfo } from "./program/program_info";
export { enableStats } from "./program/stats";
export { TestRunOptions } from "./program/test_run_options";
export { exit } from "./start";
export { Symbols } from "./symbols/symbols";
export { time } from "./time/time";
export * from "./view/index";
