import { frameSize, HEADER, SKIP } from "../abi/frame";
import { RingBuffer } from "./ring_buffer";

/**
 * A `BPF_MAP_TYPE_PERF_EVENT_ARRAY` whose records are of type `E`: the way before ring buffers (kernel 4.4 or newer). It has a buffer for each CPU, so records of
 * different CPUs come in no certain order, and the kernel pads each record, so its length is at least that of the type.
 */
export class PerfBuffer<E> extends RingBuffer<E> {
  /** Records that the kernel dropped because a buffer was full. */
  lost: u64 = 0;

  dispatch(batch: usize, length: usize): void {
    const end = batch + length;
    for (let frame = batch; frame < end; ) {
      const header = load<u32>(frame);
      // Where the kernel lost records, the host puts their number into a frame that is no record.
      if ((header & SKIP) != 0) this.lost += load<u64>(frame + HEADER);
      frame += frameSize(header);
    }
    super.dispatch(batch, length);
  }
}
