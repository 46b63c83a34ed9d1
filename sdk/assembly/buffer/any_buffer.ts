import { addressOf } from "../abi/memory";
import { keep } from "../abi/region";
import { map_lookup } from "../abi/wbpf";
import { BpfMap } from "../map/bpf_map";
import { BpfObject } from "../object/bpf_object";
import { BufferKind } from "./buffer_kind";
import { PerfBuffer } from "./perf_buffer";

const ZERO = new StaticArray<u32>(1);

/**
 * A buffer that a program declares with `WBPF_EVENT_BUFFER` (`wbpf/event_buffer.bpf.h`): a ring buffer where the kernel has them (5.8), perf buffers where it does not.
 * The handler is the same, and so are the events; those that found no room are counted in both.
 */
export class AnyBuffer<E> extends PerfBuffer<E> {
  private readonly kind: BufferKind;
  private readonly drops: BpfMap;
  private counters: usize = 0;
  private told: u64 = 0;

  constructor(object: BpfObject, name: string, minSize: i32) {
    super(object, name, minSize);
    this.kind = new BufferKind(object, name);
    this.drops = new BpfMap(object, name + "_dropped", 4, 8);
    object.addLoadStep(this.kind);
  }

  /** Whether it is a ring buffer; known once the object is loaded. */
  get isRing(): bool {
    return this.kind.ring;
  }

  /** Uses perf buffers even where there are ring buffers. Before the load. */
  withoutRing(): void {
    this.kind.ring = false;
  }

  /** Events that found no room, until now; the kernel side counts them. */
  get dropped(): u64 {
    const handle = this.drops.handle;
    const bytes = this.drops.valueBytes;
    if (handle < 0 || bytes <= 0) return this.lost;
    if (this.counters == 0) {
      this.counters = heap.alloc(bytes);
      keep();
    }
    if (map_lookup(handle, addressOf(ZERO), this.counters, 0) < 0) return this.lost;
    let total: u64 = 0;
    for (let at = 0; at < bytes; at += 8) total += load<u64>(this.counters + at);
    // Before Linux 5.1 a program is not told that a perf buffer was full: then only the kernel's own count, which comes with a later record, knows.
    return max(total, this.lost);
  }

  protected get lostFrames(): bool {
    return !this.kind.ring;
  }

  protected tellLost(_count: u64): void {}

  dispatch(batch: usize, length: usize): void {
    super.dispatch(batch, length);
    if (this.lostHandler === null) return;
    const total = this.dropped;
    if (total > this.told) {
      const more = total - this.told;
      this.told = total;
      super.tellLost(more);
    }
  }
}
