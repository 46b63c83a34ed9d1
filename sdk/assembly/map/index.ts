/**
 * Maps, a class for each shape; a generated skeleton has the right one for each map of its object.
 *
 * @module
 */

export { ArrayMap, ScalarArrayMap } from "./array_map";
export { BpfMap, flags } from "./bpf_map";
export { Entries } from "./entries";
export { HashMap, ScalarHashMap } from "./hash_map";
export { KeyedMap } from "./keyed_map";
export { PerCpu, PerCpuScalar } from "./per_cpu";
export { AnyPerCpuMap, PerCpuMap, ScalarPerCpuMap } from "./per_cpu_map";
export { BloomFilter, QueueMap } from "./queue_map";
