import { addressOf } from "../abi/memory";
import { clock_time_get } from "../abi/wasi";
import { wasm_bpf_buffer_poll } from "../abi/wasm_bpf";
import { errno } from "../errors/errno";
import { failed, failedCall, unsupported } from "./failure";
import { find, HeldBuffer, HeldMap, hold, release } from "./held";
import { resolveMap } from "./maps";
import { hasRecords, onRecord, takeFrames } from "./queue";
import { sleep } from "./sleep";

/** `enum bpf_map_type`. */
const PERF_EVENT_ARRAY: i32 = 4;
const RINGBUF: i32 = 27;
/** A record of a perf buffer has its size in 16 bits. */
const LARGEST_PERF_RECORD: i32 = 64 * 1024;
/** A record of a ring can be as large as the ring; beyond this nobody makes one. */
const LARGEST_RING_RECORD: i32 = 16 * 1024 * 1024;
/** `EMSGSIZE`, `include/uapi/asm-generic/errno.h`. */
const EMSGSIZE: i32 = 90;
/** How long one of several buffers is waited for at a time, in milliseconds. */
const SLICE: i32 = 10;
const CLOCK_MONOTONIC: i32 = 1;
const NS_PER_MS: u64 = 1_000_000;

const cell: usize = memory.data(8, 8);

export function buffer_open(map: i32): i32 {
  const found = find<HeldMap>(map);
  if (found === null) return failed(-errno.EBADF, "that is not the handle of a map");
  const fd = resolveMap(found);
  if (fd < 0) return fd;
  const type = found.facts.type;
  if (type != RINGBUF && type != PERF_EVENT_ARRAY) {
    return failed(
      -errno.EINVAL,
      `map '${found.name}' is neither a ring buffer nor a perf event array`,
    );
  }
  const before = found.object.buffer;
  if (before !== null) {
    if (before.map.name == found.name) {
      if (!before.closed) return failed(-errno.EBUSY, `map '${found.name}' is open already`);
      before.closed = false;
      return hold(before);
    }
    return failed(
      -errno.EOPNOTSUPP,
      `hosts of the wasm_bpf ABI read one buffer of an object, and that is '${before.map.name}'`,
    );
  }
  const size =
    type == RINGBUF ? min(found.facts.maxEntries, LARGEST_RING_RECORD) : LARGEST_PERF_RECORD;
  const buffer = new HeldBuffer(found, size);
  found.object.buffer = buffer;
  const handle = hold(buffer);
  // The hosts open it at the first poll, and what a perf buffer would get before that is lost.
  const error = fill(buffer, 0);
  return error < 0 ? error : handle;
}

/** The hosts decide on the size of a perf buffer and on when it wakes the reader: only the defaults can be asked for. */
export function buffer_open_with(map: i32, options: usize, len: i32): i32 {
  for (let i = 0; i + 4 <= len; i += 4) {
    const value = load<u32>(options + <usize>i);
    // 64 pages a CPU and a wake-up for each record are the defaults, said or not.
    const usual = i == 0 ? 64 : i == 4 ? 1 : 0;
    if (value != 0 && value != <u32>usual) return unsupported("an option of a perf buffer");
  }
  return buffer_open(map);
}

/** Lets the host hand over what there is. 0, or a negative errno. */
function fill(buffer: HeldBuffer, timeoutMs: i32): i32 {
  const map = buffer.map;
  if (map.object.closed) return failed(-errno.EBADF, `map '${map.name}' is closed`);
  const result = wasm_bpf_buffer_poll(
    map.object.handle,
    map.fd,
    onRecord.index,
    <i32>addressOf(buffer.queue),
    buffer.data,
    buffer.size,
    timeoutMs,
  );
  // One of the hosts answers with what the callback returned: whether there are records shows in the queue.
  if (result >= 0 || hasRecords(buffer.queue)) return 0;
  if (result == -errno.EINTR || result == -errno.ECANCELED) return result;
  return failedCall(`cannot read map '${map.name}'`, result);
}

export function buffer_poll(handle: i32, buf: usize, cap: i32, timeoutMs: i32): i32 {
  const buffer = find<HeldBuffer>(handle);
  if (buffer === null) return failed(-errno.EBADF, "that is not the handle of a buffer");
  if (!hasRecords(buffer.queue)) {
    const error = fill(buffer, timeoutMs);
    if (error < 0) return error;
  }
  const oversized = buffer.queue.oversized;
  if (oversized != 0) {
    buffer.queue.oversized = 0;
    return failed(
      -EMSGSIZE,
      `a record of map '${buffer.map.name}' has ${oversized} bytes, and ${buffer.size} are the most`,
    );
  }
  const length = takeFrames(buffer.queue, buf, cap);
  return length < 0 ? -errno.ENOSPC : <i32>length;
}

function milliseconds(): u64 {
  clock_time_get(CLOCK_MONOTONIC, 1, cell);
  return load<u64>(cell) / NS_PER_MS;
}

/** The hosts wait for one buffer only: several take turns, in slices. */
export function buffer_wait(buffers: usize, count: i32, ready: usize, timeoutMs: i32): i32 {
  if (count == 0) return sleep(timeoutMs);
  const start = milliseconds();
  while (true) {
    const some = readyNow(buffers, count, ready);
    if (some != 0) return some;
    const passed = milliseconds() - start;
    if (timeoutMs >= 0 && passed >= <u64>timeoutMs) return 0;
    const left = timeoutMs < 0 ? SLICE : <i32>min<u64>(<u64>timeoutMs - passed, SLICE);
    const first = load<i32>(buffers);
    const buffer = find<HeldBuffer>(first);
    const error = buffer === null ? -errno.EBADF : fill(buffer, left);
    if (error < 0) return error;
  }
}

/** Asks each for what is there now. How many have records, or a negative errno. */
function readyNow(buffers: usize, count: i32, ready: usize): i32 {
  let some = 0;
  for (let i = 0; i < count; i++) {
    const handle = load<i32>(buffers + ((<usize>i) << 2));
    const buffer = find<HeldBuffer>(handle);
    if (buffer === null) return failed(-errno.EBADF, "that is not the handle of a buffer");
    const error = hasRecords(buffer.queue) ? 0 : fill(buffer, 0);
    if (error < 0) return error;
    if (!hasRecords(buffer.queue)) continue;
    store<i32>(ready + ((<usize>some) << 2), handle);
    some++;
  }
  return some;
}

export function buffer_close(handle: i32): i32 {
  const buffer = find<HeldBuffer>(handle);
  if (buffer === null) return failed(-errno.EBADF, "that is not the handle of a buffer");
  // The host keeps it open until the object is closed, and may be asked for it again.
  buffer.closed = true;
  release(handle);
  return 0;
}
