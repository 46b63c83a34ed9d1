import type { WasiContext, WasiImport } from "./context.js";
import { WasiErrno, wasiResult } from "./errno.js";

/** `eventtype` of WASI preview 1. */
const CLOCK = 0;
const FD_READ = 1;
const FD_WRITE = 2;
/** Bytes of a `subscription` and of an `event`. */
const SUBSCRIPTION = 48;
const EVENT = 32;
/** More than any program watches that has only files and standard descriptors, all of which are always ready. */
const MAX_SUBSCRIPTIONS = 1024;
/** `subclockflags`: the timeout is a point in time. */
const ABSTIME = 1;
const REALTIME = 0;
const MONOTONIC = 1;
const NS_PER_MS = 1_000_000n;
/** Longest wait of one call into the backend, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Something that a module waits for. */
interface Subscription {
  readonly userdata: bigint;
  readonly type: number;
  /** When it is due, by the monotonic clock in nanoseconds; 0 for what is ready now. */
  readonly due: bigint;
  readonly error: number;
}

/** A call of `poll_oneoff`. */
interface Pending {
  /** When the first subscription is due. */
  readonly due: bigint;
  /** Writes what is due. */
  readonly finish: () => void;
}

/** `poll_oneoff`: how a module sleeps. A request to stop wakes it. */
export function pollImports({
  memory,
  sleep,
  suspending,
  files,
}: WasiContext): Record<string, WasiImport> {
  const read = (pointer: number, now: bigint): Subscription => {
    const bytes = memory.bytes(pointer, SUBSCRIPTION, "a subscription");
    const view = new DataView(bytes.buffer, bytes.byteOffset, SUBSCRIPTION);
    const userdata = view.getBigUint64(0, true);
    const type = view.getUint8(8);
    const ready = { userdata, type, due: 0n, error: WasiErrno.success };
    if (type === FD_READ || type === FD_WRITE) {
      return files.has(view.getUint32(16, true)) ? ready : { ...ready, error: WasiErrno.badf };
    }
    const clock = view.getUint32(16, true);
    if (type !== CLOCK || clock > MONOTONIC) return { ...ready, error: WasiErrno.inval };
    const timeout = view.getBigUint64(24, true);
    const absolute = (view.getUint16(40, true) & ABSTIME) !== 0;
    const reference = clock === REALTIME ? BigInt(Date.now()) * NS_PER_MS : now;
    return { ...ready, due: absolute ? now + timeout - reference : now + timeout };
  };

  const write = (pointer: number, { userdata, type, error }: Subscription): void => {
    const bytes = memory.bytes(pointer, EVENT, "an event").fill(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, EVENT);
    view.setBigUint64(0, userdata, true);
    view.setUint16(8, error, true);
    view.setUint8(10, type);
  };

  const prepare = (list: number, out: number, count: number, written: number): Pending => {
    memory.check(list, SUBSCRIPTION * count, "the subscriptions");
    memory.check(out, EVENT * count, "the events");
    memory.check(written, 4, "the count of events");
    const start = process.hrtime.bigint();
    const all = Array.from({ length: count }, (_, i) => read(list + SUBSCRIPTION * i, start));
    let due = all[0]?.due ?? 0n;
    for (const subscription of all) {
      if (subscription.due < due) due = subscription.due;
    }
    const finish = () => {
      const over = process.hrtime.bigint();
      const ready = all.filter((s) => s.due <= over);
      for (const [i, s] of ready.entries()) write(out + EVENT * i, s);
      memory.setU32(written, ready.length, "the count of events");
    };
    return { due, finish };
  };

  /** What a module waits for that was suspended, and that makes the same call again when it goes on. */
  let suspended: Pending | undefined;

  const poll = (list: number, out: number, count: number, written: number): number => {
    if (count < 1 || count > MAX_SUBSCRIPTIONS) return WasiErrno.inval;
    let goesOn = suspended !== undefined;
    const pending = suspended ?? prepare(list, out, count, written);
    suspended = undefined;
    for (;;) {
      const left = pending.due - process.hrtime.bigint();
      if (left <= 0n && !goesOn) break;
      goesOn = false;
      const ms = left <= 0n ? 0n : (left + NS_PER_MS - 1n) / NS_PER_MS;
      if (sleep(ms > LONGEST ? LONGEST : Number(ms)) < 0) return WasiErrno.intr;
      if (suspending?.()) {
        suspended = pending;
        break;
      }
    }
    if (suspended === undefined) pending.finish();
    return WasiErrno.success;
  };

  return {
    poll_oneoff: (list: number, out: number, count: number, written: number) => {
      try {
        return poll(list >>> 0, out >>> 0, count, written);
      } catch (error) {
        return wasiResult("poll_oneoff", error);
      }
    },
  };
}
