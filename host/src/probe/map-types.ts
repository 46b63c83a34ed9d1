import { type Answer, ENOTSUPP, EPERM, no, refused, YES } from "./answer.js";
import { needsLinux } from "./kernel-version.js";
import { type MapRequest, nativeFeatures } from "./native.js";

/** A kind of map. */
export interface MapType {
  /** `enum bpf_map_type`. */
  readonly id: number;
  /** As libbpf's `libbpf_bpf_map_type_str` and bpftool name it. */
  readonly name: string;
  /** The Linux release that brought it: the history of `include/uapi/linux/bpf.h`. */
  readonly since: string;
  /** How the smallest one differs from an array of one 4-byte value. */
  readonly shape?: Partial<MapRequest>;
  /** What the kernel answers to our incomplete request only if it knows the type. */
  readonly refusal?: number;
}

/** `BPF_F_NO_PREALLOC` and `BPF_F_MMAPABLE` of `include/uapi/linux/bpf.h`. */
const NO_PREALLOC = 1 << 0;
const MMAPABLE = 1 << 10;

const KEYLESS = { keySize: 0 } as const;
/** A buffer's size is a power of two and whole pages: this is both where a page has 4, 16 or 64 KiB. */
const BUFFER = { keySize: 0, valueSize: 0, maxEntries: 65_536 } as const;
/** Storage that hangs on a kernel object describes its value in BTF and has no size of its own. */
const LOCAL_STORAGE = { maxEntries: 0, flags: NO_PREALLOC, typed: true } as const;
/** The key is a `struct bpf_cgroup_storage_key`. */
const CGROUP_STORAGE = { keySize: 16, valueSize: 8, maxEntries: 0 } as const;

export const MAP_TYPES: readonly MapType[] = [
  { id: 1, name: "hash", since: "3.19" },
  { id: 2, name: "array", since: "3.19" },
  { id: 3, name: "prog_array", since: "4.2" },
  { id: 4, name: "perf_event_array", since: "4.3" },
  { id: 5, name: "percpu_hash", since: "4.6" },
  { id: 6, name: "percpu_array", since: "4.6" },
  { id: 7, name: "stack_trace", since: "4.6", shape: { valueSize: 8 } },
  { id: 8, name: "cgroup_array", since: "4.8" },
  { id: 9, name: "lru_hash", since: "4.10" },
  { id: 10, name: "lru_percpu_hash", since: "4.10" },
  { id: 11, name: "lpm_trie", since: "4.11", shape: { keySize: 8, flags: NO_PREALLOC } },
  { id: 12, name: "array_of_maps", since: "4.12", shape: { nested: true } },
  { id: 13, name: "hash_of_maps", since: "4.12", shape: { nested: true } },
  { id: 14, name: "devmap", since: "4.14" },
  { id: 15, name: "sockmap", since: "4.14" },
  { id: 16, name: "cpumap", since: "4.15" },
  { id: 17, name: "xskmap", since: "4.18" },
  { id: 18, name: "sockhash", since: "4.18" },
  { id: 19, name: "cgroup_storage", since: "4.19", shape: CGROUP_STORAGE },
  { id: 20, name: "reuseport_sockarray", since: "4.19" },
  { id: 21, name: "percpu_cgroup_storage", since: "4.20", shape: CGROUP_STORAGE },
  { id: 22, name: "queue", since: "4.20", shape: KEYLESS },
  { id: 23, name: "stack", since: "4.20", shape: KEYLESS },
  { id: 24, name: "sk_storage", since: "5.2", shape: LOCAL_STORAGE },
  { id: 25, name: "devmap_hash", since: "5.4" },
  {
    id: 26,
    name: "struct_ops",
    since: "5.6",
    // Type 1 of the kernel's BTF is none of the structs that can be stood in for.
    shape: { valueSize: 8, kernelValueType: 1 },
    refusal: ENOTSUPP,
  },
  { id: 27, name: "ringbuf", since: "5.8", shape: BUFFER },
  { id: 28, name: "inode_storage", since: "5.10", shape: LOCAL_STORAGE },
  { id: 29, name: "task_storage", since: "5.11", shape: LOCAL_STORAGE },
  { id: 30, name: "bloom_filter", since: "5.16", shape: KEYLESS },
  { id: 31, name: "user_ringbuf", since: "6.1", shape: BUFFER },
  { id: 32, name: "cgrp_storage", since: "6.2", shape: LOCAL_STORAGE },
  { id: 33, name: "arena", since: "6.9", shape: { ...BUFFER, maxEntries: 1, flags: MMAPABLE } },
];

/** Whether the kernel creates maps of this type. */
export function probeMapType(type: MapType): Answer {
  const error = nativeFeatures().tryMap({
    type: type.id,
    keySize: 4,
    valueSize: 4,
    maxEntries: 1,
    flags: 0,
    typed: false,
    nested: false,
    kernelValueType: 0,
    ...type.shape,
  });
  if (error === 0 || error === type.refusal) return YES;
  if (error === EPERM) return refused();
  return no(needsLinux(type.since) ?? "this kernel was built without it");
}
