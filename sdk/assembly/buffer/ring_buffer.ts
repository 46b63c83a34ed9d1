import { frameSize, HEADER, LENGTH, SKIP } from "../abi/frame";
import { viewAt } from "../abi/memory";
import { EventBuffer } from "./event_buffer";

/**
 * A `BPF_MAP_TYPE_RINGBUF` whose records are of type `E` (kernel 5.8 or newer). The handler gets a view of the record where it lies: it is valid until the handler
 * returns, and what is to be kept is copied.
 */
export class RingBuffer<E> extends EventBuffer {
  private handler: ((event: E) => void) | null = null;
  private rawHandler: ((record: usize, length: i32) => void) | null = null;

  /** Calls `handler` for each record. The function captures nothing: AssemblyScript has no closures. */
  onEvent(handler: (event: E) => void): void {
    this.handler = handler;
  }

  /** Calls `handler` with each record's address and length in bytes, whatever its size. */
  onRecord(handler: (record: usize, length: i32) => void): void {
    this.rawHandler = handler;
  }

  get listening(): bool {
    return this.handler !== null || this.rawHandler !== null;
  }

  dispatch(batch: usize, length: usize): void {
    const end = batch + length;
    const raw = this.rawHandler;
    if (raw !== null) {
      for (let frame = batch; frame < end; ) {
        const header = load<u32>(frame);
        if ((header & SKIP) == 0) {
          raw(frame + HEADER, header & LENGTH);
          this.received++;
        }
        frame += frameSize(header);
      }
    }
    const handler = this.handler;
    if (handler === null) return;
    // Discarded records have the skip bit, which makes them longer than any record: one comparison sorts out both them and the short ones.
    const least = <u32>this.minSize;
    let handled: u64 = 0;
    for (let frame = batch; frame < end; ) {
      const header = load<u32>(frame);
      if (header - least <= LENGTH - least) {
        handler(viewAt<E>(frame + HEADER));
        handled++;
      } else if ((header & SKIP) == 0) {
        this.short++;
      }
      frame += frameSize(header);
    }
    if (raw === null) this.received += handled;
  }
}
