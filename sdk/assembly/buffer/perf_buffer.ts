import { frameSize, HEADER, SKIP } from "../abi/frame";
import { addressOf } from "../abi/memory";
import { enter, leave } from "../abi/region";
import { buffer_open_with } from "../abi/wbpf_buffers";
import { RingBuffer } from "./ring_buffer";

/**
 * A `BPF_MAP_TYPE_PERF_EVENT_ARRAY` whose records are of type `E`: the way before ring buffers (kernel 4.4 or newer). It has a buffer for each CPU, so records of
 * different CPUs come in no certain order, and the kernel pads each record, so its length is at least that of the type.
 */
export class PerfBuffer<E> extends RingBuffer<E> {
  /** Records that the kernel dropped because a buffer was full. */
  lost: u64 = 0;
  /** Of data for each CPU, a power of two; before it is opened, as the next two. 0: 64. */
  pages: u32 = 0;
  /** Records of one CPU that wake this module: more cost less, and come later. 0: 1. */
  wakeupEvents: u32 = 0;
  /** Bytes of one CPU that wake it, instead of records. */
  watermark: u32 = 0;
  protected lostHandler: ((count: u64) => void) | null = null;

  /** Calls `handler` with the number of records that were dropped since it was told last; `perf_buffer_lost_fn`. */
  onLost(handler: (count: u64) => void): void {
    this.lostHandler = handler;
  }

  protected openMap(map: i32): i32 {
    if (!this.lostFrames) return super.openMap(map);
    const options: StaticArray<u32> = [this.pages, this.wakeupEvents, this.watermark];
    return buffer_open_with(map, addressOf(options), 12);
  }

  /** Whether a frame that is no record counts lost ones. */
  protected get lostFrames(): bool {
    return true;
  }

  protected tellLost(count: u64): void {
    const handler = this.lostHandler;
    if (handler === null) return;
    const outer = enter();
    handler(count);
    leave(outer);
  }

  dispatch(batch: usize, length: usize): void {
    const before = this.lost;
    if (this.lostFrames) {
      const end = batch + length;
      for (let frame = batch; frame < end; ) {
        const header = load<u32>(frame);
        // Where the kernel lost records, the host puts their number into a frame that is no record.
        if ((header & SKIP) != 0) this.lost += load<u64>(frame + HEADER);
        frame += frameSize(header);
      }
    }
    super.dispatch(batch, length);
    if (this.lost > before) this.tellLost(this.lost - before);
  }
}
