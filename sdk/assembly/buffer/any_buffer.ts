import { BpfObject } from "../object/bpf_object";
import { BufferKind } from "./buffer_kind";
import { PerfBuffer } from "./perf_buffer";

/**
 * A buffer that a program declares with `WBPF_EVENT_BUFFER` (`wbpf/event_buffer.bpf.h`): a ring buffer where the kernel has them (5.8), perf buffers where it does not.
 * The handler is the same, and so are the events; those that found no room are counted in both.
 */
export class AnyBuffer<E> extends PerfBuffer<E> {
  private readonly kind: BufferKind;
  private told: u64 = 0;

  constructor(object: BpfObject, name: string, minSize: i32) {
    super(object, name, minSize);
    this.kind = new BufferKind(object, name);
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

  /** Events that found no room, until now: the kernel side counts them, in memory that this module shares where the kernel has ring buffers. */
  get dropped(): u64 {
    const total = this.kind.drops.total;
    // Before Linux 5.1 a program is not told that a perf buffer was full: then only the kernel's own count, which comes with a later record, knows.
    return total < 0 ? this.lost : max<u64>(<u64>total, this.lost);
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
