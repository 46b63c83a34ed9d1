import type { ImportContext } from "./context.js";
import { errno } from "./errno.js";

const { ENOSPC, ECANCELED, E2BIG, EFAULT } = errno;

/** `user_buffer_*`, see docs/abi.md. */
export function userBufferImports(context: ImportContext) {
  const { handles } = context;
  return {
    user_buffer_open: context.cold("user_buffer_open", (map) => {
      const buffer = handles.get(map, "map").openUserBuffer();
      return context.adopt("userBuffer", buffer, handles.ownerOf(map), () => buffer.close());
    }),
    user_buffer_submit: (
      handle: number,
      record: number,
      length: number,
      timeout: number,
    ): number => {
      try {
        const buffer = handles.find(handle, "userBuffer");
        if (buffer === undefined) return context.badHandle(handle, "userBuffer");
        // A thread that others share does not wait for a BPF program to make room.
        const ms = context.waits === undefined ? timeout : 0;
        const result = buffer.submit(record >>> 0, length >>> 0, ms);
        if (result >= 0 || result === -ENOSPC || result === -ECANCELED) return result;
        return context.fail(-result, explain(-result, record >>> 0, length >>> 0));
      } catch (error) {
        return context.recover("user_buffer_submit", error);
      }
    },
    user_buffer_close: context.cold("user_buffer_close", (handle) => {
      const buffer = handles.get(handle, "userBuffer");
      handles.remove(handle);
      buffer.close();
      return 0;
    }),
  };
}

/** One sentence for a record that was not taken. */
function explain(number: number, record: number, length: number): string {
  switch (number) {
    case E2BIG:
      return `user_buffer_submit: a record of ${length} bytes is larger than the whole buffer (E2BIG)`;
    case EFAULT:
      return `user_buffer_submit: the record (${length} bytes at ${record}) lies outside the module's memory (EFAULT)`;
    default:
      return `user_buffer_submit: the kernel refuses to wait for room (errno ${number})`;
  }
}
