import { all, by, type Coverage, excused } from "./entry.js";

const DESCRIPTOR =
  "a module has handles; a file descriptor of the host would be a way out of the sandbox";
const BY_ID = "a module reaches what it opened itself, not what others have in the kernel";
const WAITING = "the host waits for all buffers together and for the stop: `run` and `poll`";

/** Maps and buffers: `libbpf.h` and `bpf.h`. */
export const MAPS: Coverage = {
  ...all(
    by("HashMap.lookup", "ArrayMap.lookup", "PerCpuMap.lookup", "BloomFilter.mayContain"),
    "bpf_map__lookup_elem",
    "bpf_map_lookup_elem",
  ),
  bpf_map_lookup_elem_flags: by("HashMap.lookup", "ArrayMap.lookup"),
  ...all(
    by("HashMap.update", "ArrayMap.update", "PerCpuMap.update", "QueueMap.push"),
    "bpf_map__update_elem",
    "bpf_map_update_elem",
  ),
  ...all(by("KeyedMap.delete"), "bpf_map__delete_elem", "bpf_map_delete_elem"),
  bpf_map_delete_elem_flags: excused("no kernel knows a flag for it"),
  ...all(
    by("HashMap.lookupAndDelete", "QueueMap.pop"),
    "bpf_map__lookup_and_delete_elem",
    "bpf_map_lookup_and_delete_elem",
    "bpf_map_lookup_and_delete_elem_flags",
  ),
  ...all(
    by("KeyedMap.firstKey", "KeyedMap.nextKey", "HashMap.entries"),
    "bpf_map__get_next_key",
    "bpf_map_get_next_key",
  ),
  bpf_map_lookup_batch: by("Batch.lookup"),
  bpf_map_update_batch: by("Batch.update"),
  bpf_map_delete_batch: by("Batch.delete"),
  bpf_map_lookup_and_delete_batch: by("Batch.lookupAndDelete"),
  bpf_map_freeze: by("BpfMap.freeze"),
  bpf_map_create: by("MapObject"),
  ...all(
    excused(BY_ID),
    "bpf_map_get_fd_by_id",
    "bpf_map_get_fd_by_id_opts",
    "bpf_map_get_next_id",
  ),
  ...all(
    excused("an object declares in C what its maps of maps hold; `MapOfMaps` fills them"),
    "bpf_map__inner_map",
    "bpf_map__set_inner_map_fd",
  ),
  bpf_map__attach_struct_ops: by("BpfMap.attachStructOps"),
  bpf_map__fd: excused(DESCRIPTOR),
  bpf_map__name: by("BpfMap.name"),
  bpf_map__type: by("BpfMap.type"),
  bpf_map__set_type: by("BpfMap.setType"),
  bpf_map__set_key_size: by("BpfMap.setKeySize"),
  bpf_map__key_size: by("KeyedMap"),
  bpf_map__set_value_size: by("BpfMap.setValueSize"),
  bpf_map__value_size: by("BpfMap.valueBytes"),
  bpf_map__max_entries: by("BpfMap.maxEntries"),
  bpf_map__set_max_entries: by("BpfMap.setMaxEntries"),
  ...all(by("BpfMap.setMapFlags"), "bpf_map__set_map_flags", "bpf_map__map_flags"),
  ...all(by("BpfMap.setNumaNode"), "bpf_map__set_numa_node", "bpf_map__numa_node"),
  ...all(by("BpfMap.setMapExtra"), "bpf_map__set_map_extra", "bpf_map__map_extra"),
  ...all(by("BpfMap.setAutocreate"), "bpf_map__set_autocreate", "bpf_map__autocreate"),
  ...all(by("BpfMap.reusePin"), "bpf_map__reuse_fd", "bpf_obj_get", "bpf_obj_get_opts"),
  ...all(by("BpfMap.pin"), "bpf_map__pin", "bpf_obj_pin"),
  bpf_map__unpin: by("BpfMap.unpin"),
  ...all(
    by("BpfMap.pin"),
    "bpf_map__pin_path",
    "bpf_map__get_pin_path",
    "bpf_map__set_pin_path",
    "bpf_map__is_pinned",
  ),
  ...all(
    by("ConstantSection", "DataSection"),
    "bpf_map__initial_value",
    "bpf_map__set_initial_value",
  ),
  bpf_map__is_internal: excused(
    "a skeleton tells sections of variables (`rodata`, `data`, `bss`) from maps",
  ),
  ...all(
    excused("the types of keys and values were read at build time; the views are made from them"),
    "bpf_map__btf_key_type_id",
    "bpf_map__btf_value_type_id",
  ),
  ...all(
    excused("it is for maps in a network card, which no host of ours has"),
    "bpf_map__ifindex",
    "bpf_map__set_ifindex",
  ),
  bpf_obj_get_info_by_fd: by("BpfProgram.info", "BpfLink.info", "BpfMap.type"),

  ...all(by("RingBuffer", "RingBuffer.open"), "ring_buffer__new", "ring_buffer__add"),
  ring_buffer__free: by("RingBuffer.close"),
  ring_buffer__poll: by("poll", "run"),
  ring_buffer__consume: by("poll"),
  ...all(
    excused(WAITING),
    "ring_buffer__epoll_fd",
    "perf_buffer__epoll_fd",
    "perf_buffer__buffer_fd",
  ),
  ...all(
    by("PerfBuffer", "PerfBuffer.open", "PerfBuffer.onLost"),
    "perf_buffer__new",
    "perf_buffer__new_raw",
  ),
  perf_buffer__free: by("PerfBuffer.close"),
  ...all(by("poll", "run"), "perf_buffer__poll", "perf_buffer__consume"),
  ...all(
    excused("the host reads the buffers of all CPUs together, in one batch"),
    "perf_buffer__consume_buffer",
    "perf_buffer__buffer_cnt",
  ),
  perf_buffer__buffer: excused(
    "the kernel's pages stay with the host; records are copied to the module, many at once",
  ),
  user_ring_buffer__new: by("UserRingBuffer.open"),
  user_ring_buffer__free: by("UserRingBuffer.close"),
  ...all(
    by("UserRingBuffer.reserve"),
    "user_ring_buffer__reserve",
    "user_ring_buffer__reserve_blocking",
  ),
  user_ring_buffer__submit: by("UserRingBuffer.submit"),
  user_ring_buffer__discard: by("UserRingBuffer.discard"),
};
