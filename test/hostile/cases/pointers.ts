import type { HostileCase } from "../support/case.js";
import { PAGE } from "../support/script.js";
import { tool } from "./handles.js";

const HIGH = -1;
/** FAULT of WASI. */
const FAULT = 21;
const OUTSIDE = /memory/;

export const pointers: readonly HostileCase[] = [
  {
    tries: "an object that begins at the last byte of memory",
    module: (script) => {
      script.refused(OUTSIDE, "object_open", script.end - 1, 2, 0, 0);
      script.refused(OUTSIDE, "object_open", script.end, 1, 0, 0);
    },
  },
  {
    tries: "a pointer and a length of 2^32 - 1",
    module: (script) => {
      script.refused(OUTSIDE, "object_open", HIGH, HIGH, 0, 0);
      script.refused(OUTSIDE, "object_open", 0, HIGH, 0, 0);
    },
  },
  {
    tries: "a pointer and a length whose sum is small in 32 bits",
    module: (script) => {
      script.refused(OUTSIDE, "object_open", -16, 64, 0, 0);
      script.refused(OUTSIDE, "object_open", -(1 << 20), 1 << 21, 0, 0);
      script.refused(OUTSIDE, "interface_index", -16, 32);
    },
  },
  {
    tries: "keys and values at every edge of memory",
    module: (script) => {
      const { map } = tool(script);
      const counts = map("counts");
      const key = script.words(1, 0);
      script.gives(0, "map_update", counts, key, key, 0);
      for (const pointer of [script.end - 7, script.end - 1, script.end, HIGH, -4, -8]) {
        script.refused(OUTSIDE, "map_lookup", counts, key, pointer, 0);
        script.refused(OUTSIDE, "map_update", counts, key, pointer, 0);
      }
      script.gives(0, "map_lookup", counts, key, script.end - 8, 0);
      for (const pointer of [script.end - 3, script.end, HIGH]) {
        script.refused(OUTSIDE, "map_delete", counts, pointer);
        script.refused(OUTSIDE, "map_next_key", counts, key, pointer);
        script.refused(OUTSIDE, "map_lookup", counts, pointer, key, 0);
      }
    },
  },
  {
    tries: "a per-CPU value that ends beyond the memory, where one value would not",
    module: (script) => {
      const { map } = tool(script);
      const key = script.words(0);
      script.refused(OUTSIDE, "map_lookup", map("each"), key, script.end - 8, 0);
      script.refused(OUTSIDE, "map_update", map("each"), key, script.end - 8, 0);
    },
  },
  {
    tries: "a batch whose arrays overflow 32 bits",
    module: (script) => {
      const { map } = tool(script);
      const counts = map("counts");
      const [scratch] = script.put(new Uint8Array(64));
      const batch = (keys: number, values: number, count: number) =>
        script.words(0, scratch, keys, values, count, 0, 0);
      for (const args of [
        batch(scratch, scratch, 0x40000000),
        batch(scratch, scratch, HIGH),
        batch(HIGH, scratch, 4),
        batch(scratch, script.end - 8, 2),
        script.end - 4,
        HIGH,
      ]) {
        script.refused(OUTSIDE, "map_lookup_batch", counts, args);
        script.refused(OUTSIDE, "map_update_batch", counts, args);
        script.refused(OUTSIDE, "map_delete_batch", counts, args);
      }
    },
  },
  {
    tries: "a buffer for records that leaves the memory, or is misaligned",
    module: (script) => {
      const { map } = tool(script);
      const buffer = script.opens("buffer_open", map("rb"));
      script.refused(OUTSIDE, "buffer_poll", buffer, script.end - 8, 16, 0);
      script.refused(OUTSIDE, "buffer_poll", buffer, 32_768, HIGH, 0);
      script.refused(OUTSIDE, "buffer_poll", buffer, -8, 8, 0);
      script.refused(/multiple of 8/, "buffer_poll", buffer, 32_769, 4096, 0);
    },
  },
  {
    tries: "a list of buffers that leaves the memory, is too long, or has one twice",
    module: (script) => {
      const { map } = tool(script);
      const buffer = script.opens("buffer_open", map("rb"));
      script.refused(OUTSIDE, "buffer_wait", script.end - 4, 2, 0, 0);
      script.refused(OUTSIDE, "buffer_wait", 0, 2, HIGH, 0);
      script.refused(/64/, "buffer_wait", 0, 65, 0, 0);
      script.refused(/64/, "buffer_wait", 0, HIGH, 0, 0);
      script.refused(/timeout/, "buffer_wait", 0, 0, 0, -2);
      script.refused(/timeout/, "buffer_poll", buffer, 32_768, 4096, -0x80000000);
    },
  },
  {
    tries: "facts written beyond the memory",
    module: (script) => {
      const { map, program, object } = tool(script);
      const counts = map("counts");
      const link = script.opens("program_attach", program);
      for (const [out, cap] of [
        [script.end - 4, 24],
        [HIGH, 24],
        [script.end - 4, HIGH],
      ] as const) {
        script.refused(OUTSIDE, "map_info", counts, out, cap);
        script.refused(OUTSIDE, "program_info", program, out, cap);
        script.refused(OUTSIDE, "link_info", link, out, cap);
        script.refused(OUTSIDE, "object_log", object, out, cap);
        script.refused(OUTSIDE, "map_name", counts, out, cap);
      }
      script.refused(OUTSIDE, "link_read", link, script.end - 4, 4096);
    },
  },
  {
    tries: "an error's text written beyond the memory",
    module: (script) => {
      script.refused(/handle/, "object_load", 0);
      script.gives(-14, "last_error", script.end - 1, 2);
      script.gives(-14, "last_error", HIGH, HIGH);
    },
  },
  {
    tries: "attach options that leave the memory, or lead outside of it",
    module: (script) => {
      const { program } = tool(script);
      for (const kind of [2, 14, 16, 18]) {
        script.refused(OUTSIDE, "program_attach_to", program, kind, script.end - 4, 64);
        script.refused(OUTSIDE, "program_attach_to", program, kind, HIGH, HIGH);
      }
      const leading = script.words(HIGH, 8, 0, 0);
      script.refused(OUTSIDE, "program_attach_to", program, 2, leading, 16);
      script.refused(/kind/, "program_attach_to", program, 99, leading, 16);
      script.refused(/./, "program_attach_to", program, 2, leading, 0x7fffffff);
    },
  },
  {
    tries: "a test run with contexts and packets from outside",
    module: (script) => {
      const { program } = tool(script);
      script.refused(OUTSIDE, "program_test_run", program, script.end - 4);
      script.refused(OUTSIDE, "program_test_run", program, HIGH);
      const args = script.words(HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH);
      script.refused(/./, "program_test_run", program, args);
    },
  },
  {
    tries: "a map of the kernel over memory that is not there, or is half a page",
    module: (script) => {
      const { map } = tool(script);
      const array = map("array");
      script.refused(/./, "map_live", array, script.end);
      script.refused(/./, "map_live", array, 1);
      script.refused(/./, "map_live", array, HIGH & ~4095);
      script.refused(OUTSIDE, "map_live_info", array, HIGH, 8);
    },
  },
  {
    tries: "memory that grew, and then what lies beyond even that",
    module: (script) => {
      const { map } = tool(script);
      const counts = map("counts");
      const key = script.words(1, 0);
      script.gives(0, "map_update", counts, key, key, 0);
      script.refused(OUTSIDE, "map_lookup", counts, key, script.end, 0);
      // memory.grow by one page, and by more than it may have.
      script.raw(0x41, 1, 0x40, 0, 0x1a, 0x41, ...[0x80, 0x80, 4], 0x40, 0, 0x1a);
      script.gives(0, "map_lookup", counts, key, script.end, 0);
      script.gives(0, "map_lookup", counts, key, script.end + PAGE - 8, 0);
      script.refused(OUTSIDE, "map_lookup", counts, key, script.end + PAGE - 7, 0);
      script.refused(OUTSIDE, "object_open", script.end + PAGE, 1, 0, 0);
    },
  },
  {
    tries: "WASI vectors that lie outside, lead outside, or are too many",
    module: (script) => {
      const leading = script.words(HIGH, 8);
      const over = script.words(script.end - 4, 8);
      const wrapping = script.words(-16, 32);
      for (const fd of [1, 2]) {
        script.gives([FAULT, 28], "fd_write", fd, script.end - 4, 1, 8);
        script.gives([FAULT, 28], "fd_write", fd, leading, 1, 8);
        script.gives([FAULT, 28], "fd_write", fd, over, 1, 8);
        script.gives([FAULT, 28], "fd_write", fd, wrapping, 1, 8);
        script.gives([FAULT, 28], "fd_write", fd, leading, HIGH, 8);
        script.gives([FAULT, 28], "fd_write", fd, leading, 0x20000000, 8);
      }
    },
  },
  {
    tries: "WASI results written beyond the memory",
    module: (script) => {
      script.gives(FAULT, "args_sizes_get", script.end, 0);
      script.gives(FAULT, "args_get", script.end - 1, script.end - 1);
      script.gives(FAULT, "environ_sizes_get", HIGH, HIGH);
      script.gives(FAULT, "random_get", 0, HIGH);
      script.gives(FAULT, "random_get", script.end - 1, 2);
      script.gives(FAULT, "clock_time_get", 0, 0, script.end - 7);
      script.gives(FAULT, "fd_fdstat_get", 1, HIGH);
    },
  },
  {
    tries: "WASI subscriptions without number",
    module: (script) => {
      script.gives([FAULT, 28], "poll_oneoff", 0, 0, HIGH, 8);
      script.gives([FAULT, 28], "poll_oneoff", script.end - 8, 0, 1, 8);
      script.gives([FAULT, 28], "poll_oneoff", 0, HIGH, 0x7fffffff, 8);
    },
  },
  {
    tries: "raw file descriptors of the host as values of maps",
    module: (script) => {
      const { map } = tool(script);
      const key = script.words(0);
      for (let fd = 0; fd < 16; fd++) {
        script.refused(/./, "map_update", map("jumps"), key, script.words(fd), 0);
      }
    },
  },
];
