import { addressOf } from "../abi/memory";
import { keep } from "../abi/region";
import { map_live, map_lookup } from "../abi/wbpf";
import { possible_cpus } from "../abi/wbpf_features";
import { reserveLive } from "../live/reserve";
import { BpfMap } from "../map/bpf_map";
import { BpfObject } from "../object/bpf_object";

/** `enum bpf_map_type` */
const PERCPU_ARRAY: u32 = 6;
/** Bytes of a CPU's counter: a cache line of its own (`struct wbpf_drops` of `wbpf/event_buffer.bpf.h`). */
const SLOT: i32 = 64;

const index = new StaticArray<u32>(1);

/**
 * How many events of a `WBPF_EVENT_BUFFER` found no room. BPF programs count them in an array with a counter for each CPU, which stands in this module's memory: to read it takes
 * no call. Where that cannot be it is a per-CPU array, and one call reads it.
 */
export class Drops {
  private readonly map: BpfMap;
  /** Where the counters stand, once they do; before the load, where they will. */
  private counters: usize = 0;
  private cpus: i32 = 0;
  private live: bool = false;

  constructor(object: BpfObject, name: string) {
    this.map = new BpfMap(object, name + "_dropped", 4, SLOT);
  }

  /**
   * Chooses the kind of map, before the load. 0, or a negative errno.
   * @param mmapable whether the kernel has arrays with `BPF_F_MMAPABLE` (5.5)
   */
  prepare(mmapable: bool): i32 {
    const map = this.map;
    const handle = map.handle;
    if (handle < 0) return handle;
    const cpus = possible_cpus();
    if (mmapable && cpus > 0) {
      const error = map.setMaxEntries(cpus);
      if (error < 0) return error;
      this.counters = reserveLive(handle);
      this.cpus = cpus;
      if (this.counters != 0) return 0;
    }
    let error = map.setType(PERCPU_ARRAY);
    if (error >= 0) error = map.setMaxEntries(1);
    if (error >= 0) error = map.setMapFlags(0);
    return error;
  }

  /** Puts the counters in their place, after the load. */
  settle(): void {
    if (this.counters == 0) return;
    this.live = map_live(this.map.handle, this.counters) == 0;
  }

  /** Their sum, or -1: it cannot be read (any more). */
  get total(): i64 {
    const handle = this.map.handle;
    if (handle < 0) return -1;
    if (this.counters == 0) {
      // Of all CPUs at once.
      const bytes = this.map.valueBytes;
      if (bytes <= 0) return -1;
      this.counters = heap.alloc(bytes);
      this.cpus = bytes / SLOT;
      keep();
    }
    if (!this.live && this.read(handle) < 0) return -1;
    let total: i64 = 0;
    for (let cpu = 0; cpu < this.cpus; cpu++) total += load<i64>(this.counters + cpu * SLOT);
    return total;
  }

  /** Copies the counters from the kernel. */
  private read(handle: i32): i32 {
    const bytes = this.map.valueBytes;
    // An array that could not be put in its place is read one by one.
    const lookups = bytes == SLOT ? this.cpus : 1;
    for (let i = 0; i < lookups; i++) {
      unchecked((index[0] = i));
      const result = map_lookup(handle, addressOf(index), this.counters + i * SLOT, 0);
      if (result < 0) return result;
    }
    return 0;
  }
}
