import { frameSize, HEADER } from "../abi/frame";
import { viewAt } from "../abi/memory";
import { zeroed } from "../view/zeroed";

/** Bytes that a queue has room for at first. */
const FIRST_CAPACITY: usize = 64 * 1024;
/** Bytes of a record up to which a loop over words is faster than `memory.copy`. */
const SHORT: i32 = 256;

/**
 * The records of a buffer that the host handed over and the SDK has not taken yet, as frames (docs/abi.md). Its memory is none of the collector's: the host calls once for each record, and
 * there a single reference costs more than the record itself.
 */
@unmanaged
export class Queue {
  /** Where the frames are, and how many bytes have room. */
  address: usize;
  capacity: usize;
  /** Bytes from `address` on that were taken, and that are filled. */
  taken: usize;
  filled: usize;
  /** The largest record that fits where the host copies it. */
  largest: i32;
  /** Size of a record that was too large, 0 if none was. */
  oversized: i32;
}

export function newQueue(largest: i32): Queue {
  const queue = viewAt<Queue>(zeroed(offsetof<Queue>()));
  queue.largest = largest;
  return queue;
}

/**
 * What the hosts call for each record. They differ on what a result other than 0 does, and on the size that they tell for a record that did not fit.
 * @param ctx the queue's address
 * @param data 8-aligned, with room for whole words
 */
export function onRecord(ctx: i32, data: usize, size: i32): i32 {
  const queue = viewAt<Queue>(ctx);
  if (<u32>size > <u32>queue.largest) {
    queue.oversized = size;
    return 0;
  }
  const end = queue.filled + frameSize(size);
  if (end > queue.capacity) makeRoom(queue, end);
  const at = queue.address + queue.filled;
  store<u64>(at, <u64>size);
  if (size > SHORT) memory.copy(at + HEADER, data, size);
  else {
    for (let i: usize = 0; i < <usize>size; i += 8) store<u64>(at + i, load<u64>(data + i), HEADER);
  }
  queue.filled = end;
  return 0;
}

function makeRoom(queue: Queue, end: usize): void {
  let capacity = max(queue.capacity, FIRST_CAPACITY);
  while (end > capacity) capacity <<= 1;
  queue.address = queue.address == 0 ? heap.alloc(capacity) : heap.realloc(queue.address, capacity);
  queue.capacity = capacity;
}

/** Whether records wait. */
export function hasRecords(queue: Queue): bool {
  return queue.taken < queue.filled;
}

/** Takes as many whole frames as fit. @returns their bytes, 0 if none waits, -1 if the first does not fit */
export function takeFrames(queue: Queue, target: usize, cap: usize): isize {
  const from = queue.address + queue.taken;
  const most = min(cap, queue.filled - queue.taken);
  let length: usize = 0;
  while (length < most) {
    const frame = frameSize(load<u32>(from + length));
    if (length + frame > most) break;
    length += frame;
  }
  if (length == 0) return hasRecords(queue) ? -1 : 0;
  memory.copy(target, from, length);
  queue.taken += length;
  if (queue.taken == queue.filled) {
    queue.taken = 0;
    queue.filled = 0;
  }
  return <isize>length;
}
