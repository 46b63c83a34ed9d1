/**
 * Maps, a class for each shape; a generated skeleton has the right one for each map of its object.
 *
 * @module
 */

export { ArrayMap, ScalarArrayMap } from "./array_map";
export { Batch } from "./batch";
export { BpfMap, flags } from "./bpf_map";
export { CgroupArray } from "./cgroup_array";
export { Entries } from "./entries";
export { HashMap, ScalarHashMap } from "./hash_map";
export { KeyedMap } from "./keyed_map";
export { MapObject } from "./map_object";
export { MapOfMaps } from "./map_of_maps";
export { PerCpu, PerCpuScalar } from "./per_cpu";
export { AnyPerCpuMap, PerCpuMap, ScalarPerCpuMap } from "./per_cpu_map";
export { ProgramArray } from "./program_array";
export { BloomFilter, QueueMap } from "./queue_map";
export { RedirectMap } from "./redirect_map";
export { PathStorage, StorageMap, TaskStorage } from "./storage_map";
