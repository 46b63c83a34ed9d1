/**
 * Kernel memory of maps, as the kernel itself reckons it: the `*_map_mem_usage` functions under `kernel/bpf/` and `net/core/`, whose result stands as `memlock` in
 * `/proc/PID/fdinfo`. Maps that grow with their elements count as if they were full.
 *
 * @module
 */

/** What of a map decides its size. */
export interface SizedMap {
  /** `enum bpf_map_type`. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*`. */
  readonly flags: number;
}

/** The machine, as far as it decides the size of maps. */
export interface Machine {
  /** Of CPUs that may ever come up: per-CPU maps have a value for each. */
  readonly cpus: number;
  readonly pageSize: number;
}

/** For the kernel's own struct of a map, a little more than the largest of them. */
const HEADER = 1024;
const POINTER = 8;
/** `struct htab_elem`, `struct bucket` of kernel/bpf/hashtab.c. */
const HASH_ELEMENT = 48;
const HASH_BUCKET = 16;
/** Counters of each CPU that tell whether it holds a bucket's lock (`HASHTAB_MAP_LOCK_COUNT`, before Linux 6.18). */
const LOCKS = 32;
/** `struct lpm_trie_node` of kernel/bpf/lpm_trie.c. */
const TRIE_NODE = 40;
/** `struct stack_map_bucket` of kernel/bpf/stackmap.c. */
const STACK_BUCKET = 24;
/** `struct bpf_shtab_elem` of net/core/sock_map.c. */
const SOCK_ELEMENT = 56;
/** `RINGBUF_NR_META_PAGES` of kernel/bpf/ringbuf.c: its own, the consumer's and the producer's page. */
const RING_META_PAGES = 3;
/** `struct bpf_local_storage_map_bucket`s and the cache of one storage map: it has as many as there are CPUs, rounded up. */
const STORAGE_BUCKET = 16;
/** Of a perf buffer, for each CPU, unless the module asks for others. */
export const PERF_PAGES = 64;
const MMAPABLE = 1 << 10;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
const powerOfTwo = (value: number): number => {
  let power = 1;
  while (power < value) power *= 2;
  return power;
};

/** Bytes of kernel memory that a map takes at most. It never throws and is never less than what the kernel reckons for a map that is full. */
export function mapBytes(map: SizedMap, machine: Machine): number {
  const { type, keySize, maxEntries } = map;
  const { cpus, pageSize } = machine;
  const key = roundUp(keySize, 8);
  const value = roundUp(map.valueSize, 8);
  const buckets = powerOfTwo(maxEntries) * HASH_BUCKET;
  switch (type) {
    case 1: // hash: a spare element for each CPU
    case 9: // lru_hash
    case 13: // hash_of_maps
      return (
        HEADER +
        buckets +
        (HASH_ELEMENT + key + (type === 13 ? POINTER : value)) * (maxEntries + cpus) +
        (POINTER + LOCKS) * cpus
      );
    case 5: // percpu_hash
    case 10: // lru_percpu_hash
      return (
        HEADER +
        buckets +
        LOCKS * cpus +
        (HASH_ELEMENT + key + POINTER + value * cpus) * (maxEntries + cpus)
      );
    case 2: // array
      return map.flags & MMAPABLE
        ? roundUp(HEADER, pageSize) + roundUp(value * maxEntries, pageSize)
        : HEADER + value * maxEntries;
    case 6: // percpu_array
      return HEADER + (POINTER + value * cpus) * maxEntries;
    case 4: // perf_event_array, with the buffers that its reader maps
      return HEADER + POINTER * (maxEntries || cpus) + perfBytes(PERF_PAGES, machine);
    case 7: // stack_trace
      return HEADER + powerOfTwo(maxEntries) * POINTER + (STACK_BUCKET + value) * maxEntries;
    case 11: // lpm_trie
      return HEADER + (TRIE_NODE + key + value) * maxEntries;
    case 18: // sockhash
      return HEADER + buckets + (SOCK_ELEMENT + key) * maxEntries;
    case 25: // devmap_hash
      return HEADER + (POINTER * powerOfTwo(maxEntries) + (HASH_ELEMENT + value) * maxEntries);
    case 14: // devmap
    case 16: // cpumap
      return HEADER + (POINTER + HASH_ELEMENT + value) * maxEntries;
    case 22: // queue
    case 23: // stack
      return HEADER + value * (maxEntries + 1);
    case 27: // ringbuf
    case 31: {
      // user_ringbuf. Data pages are mapped twice, and the kernel keeps a list of them.
      const data = powerOfTwo(Math.ceil(maxEntries / pageSize));
      return HEADER + (RING_META_PAGES + data) * pageSize + (RING_META_PAGES + 2 * data) * POINTER;
    }
    case 30: // bloom_filter: at most 15 hash functions, 7/5 bits for each and element
      return HEADER + powerOfTwo(Math.ceil((maxEntries * 15 * 7) / 5)) / 8;
    case 33: // arena
      return HEADER + maxEntries * pageSize;
    case 19: // cgroup_storage
    case 21: // percpu_cgroup_storage
    case 24: // sk_storage
    case 28: // inode_storage
    case 29: // task_storage
    case 32: // cgrp_storage: what hangs on the kernel's objects is reckoned to whoever made those
      return HEADER + powerOfTwo(cpus) * STORAGE_BUCKET;
    default: // arrays of what the kernel holds by a pointer; a struct_ops map has its value, and one that is not known here more than that
      return HEADER + (POINTER + value) * Math.max(maxEntries, 1);
  }
}

/** Bytes of the buffers by which a perf event array is read: pages of data for each CPU, and one that leads them. */
export const perfBytes = (pages: number, { cpus, pageSize }: Machine): number =>
  (pages + 1) * pageSize * cpus;
