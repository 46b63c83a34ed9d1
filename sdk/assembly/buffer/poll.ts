import { enter, keep, leave } from "../abi/region";
import { stderr, stdout } from "../abi/streams";
import { buffer_poll, buffer_wait } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { clearLastError, fail, setLastError } from "../errors/last_error";
import { time } from "../time/time";
import { EventBuffer } from "./event_buffer";
import { firstBuffer } from "./registry";

/** Bytes that one batch holds at first: measured as the size beyond which a batch gains nothing. It grows when a record is larger. */
const FIRST_CAPACITY: i32 = 64 * 1024;
/** Buffers that one wait can watch (docs/abi.md). */
const MOST_BUFFERS: i32 = 64;
const NANOSECONDS_PER_MS: u64 = 1_000_000;

let batch: usize = 0;
let capacity: i32 = 0;
let busy: bool = false;

/** Handles of the buffers that a wait watches, and of those that have something. */
const watched: usize = memory.data(64 * 4, 4);
const ready: usize = memory.data(64 * 4, 4);

class Timer {
  next: Timer | null = null;

  constructor(
    readonly interval: u64,
    public due: u64,
    readonly callback: () => void,
  ) {}
}
let firstTimer: Timer | null = null;
let lastTimer: Timer | null = null;
/** The place in the table of {@link callTimers}; 0 where nobody asks for timers, and then their code is not in the module. */
let timers: u32 = 0;

/** Calls `callback` every `milliseconds` while the module is in `run()`. */
export function every(milliseconds: u32, callback: () => void): void {
  const interval = <u64>max<u32>(milliseconds, 1) * NANOSECONDS_PER_MS;
  const timer = new Timer(interval, time.monotonic() + interval, callback);
  const last = lastTimer;
  if (last !== null) last.next = timer;
  else firstTimer = timer;
  lastTimer = timer;
  const tick = (now: u64): u64 => callTimers(now);
  timers = tick.index;
}

/** Calls the timers that are due. Returns when the next one is. */
function callTimers(now: u64): u64 {
  let next: u64 = u64.MAX_VALUE;
  let timer: Timer | null = firstTimer;
  while (timer !== null) {
    if (timer.due <= now) {
      // Intervals that were missed while a handler ran are not made up for.
      timer.due += ((now - timer.due) / timer.interval + 1) * timer.interval;
      call(timer.callback);
    }
    next = min(next, timer.due);
    timer = timer.next;
  }
  return next;
}

/** Opens every buffer that has a handler. The number of them, or a negative errno. */
function openAll(): i32 {
  let count = 0;
  let buffer: EventBuffer | null = firstBuffer;
  while (buffer !== null) {
    if (buffer.listening && !buffer.object.closed) {
      const error = buffer.open();
      if (error < 0) return error;
      if (count == MOST_BUFFERS)
        return setLastError(-errno.EINVAL, "more than 64 buffers have a handler");
      store<i32>(handleAt(watched, count++), buffer.handle);
    }
    buffer = buffer.next;
  }
  return count;
}

function handleAt(handles: usize, index: i32): usize {
  return handles + ((<usize>index) << 2);
}

function byHandle(handle: i32): EventBuffer | null {
  let buffer: EventBuffer | null = firstBuffer;
  while (buffer !== null && buffer.handle != handle) buffer = buffer.next;
  return buffer;
}

/** Makes room for a batch: at first, and for a record that did not fit. */
function grow(): void {
  if (batch != 0) heap.free(batch);
  capacity = batch == 0 ? FIRST_CAPACITY : capacity << 1;
  batch = heap.alloc(capacity);
  keep();
}

/** Takes one batch of a buffer and handles it. Bytes of the batch, 0 on timeout, or a negative errno. */
function take(buffer: EventBuffer, timeoutMs: i32): i32 {
  let length = 0;
  do {
    if (batch == 0 || length == -errno.ENOSPC) grow();
    length = buffer_poll(buffer.handle, batch, capacity, timeoutMs);
  } while (length == -errno.ENOSPC && capacity < 1 << 30);
  if (length > 0) {
    busy = true;
    stdout.hold();
    stderr.hold();
    buffer.dispatch(batch, length);
    stdout.release();
    stderr.release();
    busy = false;
  }
  return length;
}

/** Waits once, on one buffer or on several, and handles what is there. Positive: something was handled. 0: timeout. Else a negative errno. */
function turn(timeoutMs: i32): i32 {
  if (busy) return setLastError(-errno.EBUSY, "a handler cannot call poll() or run()");
  const count = openAll();
  if (count < 0) return count;
  clearLastError();
  if (count == 1) {
    const only = byHandle(load<i32>(watched));
    if (only !== null) return take(only, timeoutMs);
  }
  const some = buffer_wait(watched, count, ready, timeoutMs);
  for (let i = 0; i < some; i++) {
    const buffer = byHandle(load<i32>(handleAt(ready, i)));
    if (buffer === null) continue;
    const result = take(buffer, 0);
    if (result < 0) return result;
  }
  return some;
}

/**
 * Waits at most `timeoutMs` (0: not at all, -1: for ever) for records of any buffer that has a handler, and handles one batch of each that has some; `ring_buffer__poll`.
 * @returns positive if records were handled, 0 on timeout, `-ECANCELED` when the module is to stop, else another negative errno
 */
export function poll(timeoutMs: i32): i32 {
  return turn(timeoutMs);
}

/** Calls what {@link every} was given. */
function call(callback: () => void): void {
  const outer = enter();
  callback();
  leave(outer);
}

/** Milliseconds until `due`, rounded up, and no more than a wait can take. */
function millisecondsUntil(due: u64, now: u64): i32 {
  if (due <= now) return 0;
  return <i32>(
    min<u64>((due - now + NANOSECONDS_PER_MS - 1) / NANOSECONDS_PER_MS, <u64>i32.MAX_VALUE)
  );
}

/**
 * Waits on every buffer that has a handler, and calls what {@link every} asked for, until the module is stopped or `durationMs` are over.
 * @param durationMs milliseconds; -1: until stopped
 * @returns an exit code: 0 when stopped or when the time is over, 1 after a failure that it has printed
 */
export function run(durationMs: i64 = -1): i32 {
  const timed = durationMs >= 0 || timers != 0;
  const end: u64 =
    durationMs < 0 ? u64.MAX_VALUE : time.monotonic() + <u64>durationMs * NANOSECONDS_PER_MS;
  while (true) {
    let timeout = -1;
    if (timed) {
      const now = time.monotonic();
      const due = timers == 0 ? end : min(end, call_indirect<u64>(timers, now));
      if (now >= end) return 0;
      timeout = millisecondsUntil(due, now);
    }
    const result = turn(timeout);
    if (result == -errno.ECANCELED) return 0;
    if (result < 0 && result != -errno.EINTR) return fail();
  }
}
