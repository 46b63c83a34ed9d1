import { frameSize, HEADER } from "../abi/frame";
import { find, HeldBuffer } from "./held";

/** Bytes that a queue has room for at first. */
const FIRST_CAPACITY: usize = 64 * 1024;

/**
 * What the hosts call for each record. They differ on what a result other than 0 does, and on the size that they tell for a record that did not fit.
 * @param ctx the buffer's handle
 */
export function onRecord(ctx: i32, data: usize, size: i32): i32 {
  const buffer = find<HeldBuffer>(ctx);
  if (buffer === null) return 0;
  if (size < 0 || size > buffer.size) {
    buffer.oversized = size;
    return 0;
  }
  const frame = frameSize(size);
  if (buffer.filled + frame > buffer.capacity) makeRoom(buffer, frame);
  const at = buffer.queue + buffer.filled;
  store<u32>(at, size);
  store<u32>(at, 0, 4);
  memory.copy(at + HEADER, data, size);
  buffer.filled += frame;
  return 0;
}

function makeRoom(buffer: HeldBuffer, frame: usize): void {
  let capacity = max(buffer.capacity, FIRST_CAPACITY);
  while (buffer.filled + frame > capacity) capacity <<= 1;
  buffer.queue = buffer.queue == 0 ? heap.alloc(capacity) : heap.realloc(buffer.queue, capacity);
  buffer.capacity = capacity;
}

/** Whether records wait. */
export function hasRecords(buffer: HeldBuffer): bool {
  return buffer.taken < buffer.filled;
}

/** Takes as many whole frames as fit. @returns their bytes, 0 if none waits, -1 if the first does not fit */
export function takeFrames(buffer: HeldBuffer, target: usize, cap: usize): isize {
  let length: usize = 0;
  while (buffer.taken + length < buffer.filled) {
    const frame = frameSize(load<u32>(buffer.queue + buffer.taken + length));
    if (length + frame > cap) break;
    length += frame;
  }
  if (length == 0) return hasRecords(buffer) ? -1 : 0;
  memory.copy(target, buffer.queue + buffer.taken, length);
  buffer.taken += length;
  if (buffer.taken == buffer.filled) {
    buffer.taken = 0;
    buffer.filled = 0;
  }
  return <isize>length;
}
