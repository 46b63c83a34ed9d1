import type { BackendBuffer } from "../backend/backend.js";
import type { ImportContext } from "./context.js";
import { errno } from "./errno.js";

const { ENOSPC, ECANCELED, EAGAIN, EINTR, EINVAL, EFAULT } = errno;
/** Most buffers that one `buffer_wait` takes. */
const MAX_WAIT = 64;

/** `buffer_*`, see docs/abi.md. */
export function bufferImports(context: ImportContext) {
  const { memory, handles } = context;
  // Used again by every buffer_wait, which is called once per batch.
  const waiting: BackendBuffer[] = [];
  const ready = new Int32Array(MAX_WAIT);
  const waitingHandles = new Int32Array(MAX_WAIT);

  const wait = (list: number, count: number, out: number, timeout: number): number => {
    if (count < 0 || count > MAX_WAIT) {
      return context.fail(EINVAL, `buffer_wait takes 0 to ${MAX_WAIT} buffers, not ${count}`);
    }
    if (timeout < -1) return context.fail(EINVAL, badTimeout("buffer_wait", timeout));
    memory.check(list, 4 * count, "buffer_wait's list of buffers");
    memory.check(out, 4 * count, "buffer_wait's list of ready buffers");
    waiting.length = 0;
    for (let i = 0; i < count; i++) {
      const handle = memory.getU32((list >>> 0) + 4 * i, "buffer_wait's list of buffers") | 0;
      const buffer = handles.find(handle, "buffer");
      if (buffer === undefined) return context.badHandle(handle, "buffer");
      if (waiting.includes(buffer)) {
        return context.fail(EINVAL, `buffer_wait was given handle ${handle} twice`);
      }
      waitingHandles[i] = handle;
      waiting.push(buffer);
    }
    context.privileges.beforeWait();
    const result = context.waits
      ? context.waits.wait(waiting, timeout, attemptOf([...waiting], waitingHandles.slice(), out))
      : tell(context.session.wait(waiting, ready, timeout), waitingHandles, out);
    return result < 0 && !saysEverything(result)
      ? context.fail(-result, "buffer_wait: the kernel refuses to wait for these buffers")
      : result;
  };

  /** Writes the handles of what is ready. */
  const tell = (result: number, given: Int32Array, out: number): number => {
    for (let i = 0; i < result; i++) {
      memory.setU32(out + 4 * i, given[ready[i] ?? 0] ?? 0, "buffer_wait's result");
    }
    return result;
  };

  /** The wait without waiting, also when the lists are long used for others. */
  const attemptOf = (buffers: readonly BackendBuffer[], given: Int32Array, out: number) => () =>
    tell(context.session.wait(buffers, ready, 0), given, out);

  return {
    buffer_open: context.cold("buffer_open", (map) => {
      const buffer = handles.get(map, "map").openBuffer();
      return context.adopt("buffer", buffer, handles.ownerOf(map), () => buffer.close());
    }),
    buffer_open_with: context.cold("buffer_open_with", (map, options, length) => {
      // Options that end early leave the others at their default.
      const what = "buffer_open_with's options";
      memory.check(options, length, what);
      const word = (index: number) =>
        4 * index + 4 <= length >>> 0 ? memory.getU32((options >>> 0) + 4 * index, what) : 0;
      const buffer = handles.get(map, "map").openBuffer(undefined, {
        pages: word(0),
        wakeupEvents: word(1),
        watermark: word(2),
      });
      return context.adopt("buffer", buffer, handles.ownerOf(map), () => buffer.close());
    }),
    buffer_available: context.cold("buffer_available", (handle) =>
      handles.get(handle, "buffer").available(),
    ),
    buffer_poll: (handle: number, buf: number, cap: number, timeout: number): number => {
      try {
        const buffer = handles.find(handle, "buffer");
        if (buffer === undefined) return context.badHandle(handle, "buffer");
        if (timeout < -1) return context.fail(EINVAL, badTimeout("buffer_poll", timeout));
        context.privileges.beforeWait();
        const result = context.waits
          ? context.waits.wait([buffer], timeout, () => buffer.poll(buf >>> 0, cap >>> 0, 0))
          : buffer.poll(buf >>> 0, cap >>> 0, timeout);
        if (result >= 0 || saysEverything(result)) return result;
        return context.fail(-result, explain(-result, buf >>> 0, cap >>> 0, buffer));
      } catch (error) {
        return context.recover("buffer_poll", error);
      }
    },
    buffer_wait: (list: number, count: number, out: number, timeout: number): number => {
      try {
        return wait(list, count, out, timeout);
      } catch (error) {
        return context.recover("buffer_wait", error);
      }
    },
    buffer_close: context.cold("buffer_close", (handle) => {
      const buffer = handles.get(handle, "buffer");
      handles.remove(handle);
      buffer.close();
      return 0;
    }),
  };
}

const saysEverything = (result: number): boolean =>
  result === -ECANCELED || result === -EAGAIN || result === -EINTR;

const badTimeout = (call: string, timeout: number): string =>
  `${call}: the timeout is ${timeout}; give milliseconds, 0 for no wait or -1 for ever`;

/** One sentence for a poll that failed. */
function explain(number: number, buf: number, cap: number, buffer: BackendBuffer): string {
  switch (number) {
    case ENOSPC:
      return `buffer_poll: the next record has ${buffer.pendingSize} bytes and 8 of header, the buffer only ${cap}; give a larger one`;
    case EFAULT:
      return `buffer_poll: the buffer (${cap} bytes at ${buf}) lies outside the module's memory`;
    case EINVAL:
      return `buffer_poll: the buffer's address ${buf} is not a multiple of 8`;
    default:
      return `buffer_poll: the kernel refuses to read this buffer (errno ${number})`;
  }
}
