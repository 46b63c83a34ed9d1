import { frameSize, HEADER, LENGTH, SKIP } from "../abi/frame";
import { viewAt } from "../abi/memory";
import { enter, leave, reset } from "../abi/region";
import { EventBuffer } from "./event_buffer";

/**
 * A `BPF_MAP_TYPE_RINGBUF` whose records are of type `E` (kernel 5.8 or newer). The handler gets a view of the record where it lies: it is valid until the handler
 * returns, and what is to be kept is copied.
 */
export class RingBuffer<E> extends EventBuffer {
  /** The loop over a batch and the handler that it calls, by their places in the table; 0: none. */
  private loop: u32 = 0;
  private handler: u32 = 0;
  private rawLoop: u32 = 0;
  private rawHandler: u32 = 0;

  /** Calls `handler` for each record. The function captures nothing: AssemblyScript has no closures. */
  onEvent(handler: (event: E) => void): void {
    const loop = (batch: usize, end: usize, least: u32, handler: u32): u64 =>
      handEvents(batch, end, least, handler);
    this.loop = loop.index;
    this.handler = handler.index;
  }

  /**
   * {@link onEvent} for a handler that is known when the module is compiled, as the method `call(record: E): void` of an unmanaged class `H` without fields.
   * `wbpf build` writes it for `onEvent(f)` where it can: the handler becomes part of the loop over the records.
   */
  onEventOf<H>(): void {
    const loop = (batch: usize, end: usize, least: u32, _handler: u32): u64 =>
      handEventsOf<E, H>(batch, end, least);
    this.loop = loop.index;
  }

  /** Calls `handler` with each record's address and length in bytes, whatever its size. */
  onRecord(handler: (record: usize, length: i32) => void): void {
    const loop = (batch: usize, end: usize, handler: u32): u64 => handRecords(batch, end, handler);
    this.rawLoop = loop.index;
    this.rawHandler = handler.index;
  }

  get listening(): bool {
    return (this.loop | this.rawLoop) != 0;
  }

  dispatch(batch: usize, length: usize): void {
    const end = batch + length;
    const raw = this.rawLoop;
    const loop = this.loop;
    if (raw != 0) this.received += call_indirect<u64>(raw, batch, end, this.rawHandler);
    if (loop == 0) return;
    const handled = call_indirect<u64>(loop, batch, end, <u32>this.minSize, this.handler);
    if (raw == 0) this.received += handled;
    this.short += tooShort;
  }
}

/** Records of the latest batch that were too short for the handler. */
let tooShort: u64 = 0;

/*
 * The loops over a batch. Records mostly come in runs of one size: within a run the next frame's place is known before its header is read, so that the processor
 * does not wait for one header after the other. The functions know no reference, only numbers, and a handler by its place in the table: the compiler then keeps no
 * books for the garbage collector, which cost more than all the rest.
 */

/** Calls a function of the table with each record's address. Returns how many records it was called for. */
function handEvents(batch: usize, end: usize, least: u32, handler: u32): u64 {
  const outer = enter();
  let handled: u64 = 0;
  let short: u64 = 0;
  for (let frame = batch; frame < end; ) {
    const header = load<u32>(frame);
    const size = frameSize(header);
    // Discarded records have the skip bit, which makes them longer than any record: one comparison sorts out both them and the short ones.
    if (header - least > LENGTH - least) {
      if ((header & SKIP) == 0) short++;
      frame += size;
      continue;
    }
    do {
      call_indirect<void>(handler, frame + HEADER);
      reset();
      handled++;
      frame += size;
    } while (frame < end && load<u32>(frame) == header);
  }
  tooShort = short;
  leave(outer);
  return handled;
}

/** The same with a handler that is known: it is inlined. */
function handEventsOf<E, H>(batch: usize, end: usize, least: u32): u64 {
  const outer = enter();
  let handled: u64 = 0;
  let short: u64 = 0;
  for (let frame = batch; frame < end; ) {
    const header = load<u32>(frame);
    const size = frameSize(header);
    if (header - least > LENGTH - least) {
      if ((header & SKIP) == 0) short++;
      frame += size;
      continue;
    }
    do {
      viewAt<H>(0).call(viewAt<E>(frame + HEADER));
      reset();
      handled++;
      frame += size;
    } while (frame < end && load<u32>(frame) == header);
  }
  tooShort = short;
  leave(outer);
  return handled;
}

/** Calls a function of the table with each record's address and length. */
function handRecords(batch: usize, end: usize, handler: u32): u64 {
  const outer = enter();
  let handled: u64 = 0;
  for (let frame = batch; frame < end; ) {
    const header = load<u32>(frame);
    const size = frameSize(header);
    if ((header & SKIP) != 0) {
      frame += size;
      continue;
    }
    do {
      call_indirect<void>(handler, frame + HEADER, header & LENGTH);
      reset();
      handled++;
      frame += size;
    } while (frame < end && load<u32>(frame) == header);
  }
  leave(outer);
  return handled;
}
