import { UNREACHABLE } from "../../../host/src/testing/wasm-builder.js";
import type { HostileCase } from "../support/case.js";
import { objects } from "../support/objects.js";
import type { Script } from "../support/script.js";
import { tool } from "./handles.js";

/** Opens, loads and attaches through the ABI of wasm-bpf, whose polls call the module back. */
export function published(script: Script) {
  const [bytes, length] = script.put(objects().tool);
  const object = script.call("wasm_load_bpf_object", bytes, length);
  const [watch] = script.put("watch\0");
  const [none] = script.put("\0");
  script.gives(0, "wasm_attach_bpf_program", object, watch, none);
  const map = script.call("wasm_bpf_map_fd_by_name", object, script.put("rb\0")[0]);
  const [record] = script.put(new Uint8Array(64));
  return { object, map, record };
}

/** How many records a poll may have handed out. */
const RECORDS: readonly number[] = Array.from({ length: 8192 }, (_, i) => i + 1);

const number = (value: number) => [
  0x41,
  (value & 0x7f) | 0x80,
  ((value >> 7) & 0x7f) | 0x80,
  (value >> 14) & 0x3f,
];
const result = (ref: number) => [0x41, 0, 0x28, 2, ...number(1024 + 4 * ref).slice(1)];

export const running: readonly HostileCase[] = [
  {
    tries: "callbacks at indexes that its table does not have",
    module: (script) => {
      const { object, map, record } = published(script);
      script.callback = [0x41, 0];
      for (const index of [1, 2, 0x7fffffff, -1]) {
        script.gives(-22, "wasm_bpf_buffer_poll", object, map, index, 0, record, 64, 100);
      }
      script.gives(-14, "wasm_bpf_buffer_poll", object, map, 0, 0, script.end - 1, 64, 100);
      script.gives(-14, "wasm_bpf_buffer_poll", object, map, 0, 0, -1, -1, 100);
    },
  },
  {
    tries: "a callback without any table",
    module: (script) => {
      const { object, map, record } = published(script);
      script.gives(-22, "wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 100);
    },
  },
  {
    tries: "a trap in a callback",
    module: (script) => {
      const { object, map, record } = published(script);
      script.silent();
      script.callback = [UNREACHABLE];
      script.call("wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 5000);
    },
    ends: /unreachable/,
  },
  {
    tries: "a poll in a callback of a poll",
    module: (script) => {
      const { object, map, record } = published(script);
      const poll = script.callCode("wasm_bpf_buffer_poll");
      script.callback = [
        ...[...result(object.ref), 0xad, ...result(map.ref), 0x41, 0, 0x41, 0],
        ...[...number(record), ...number(64), ...number(0), ...poll],
        // What the inner one gave, at 256.
        ...[0x21, 0, 0x41, 0, 0x20, 0, 0x36, 2, 0x80, 2, 0x41, 0],
      ];
      script.call("wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 5000);
      // What the inner poll gave takes the place of this call's result: EBUSY.
      const inner = script.gives(-16, "sched_yield");
      script.raw(...number(1024 + 4 * inner.ref), 0x41, 0, 0x28, 2, 0x80, 2, 0x36, 2, 0);
    },
  },
  {
    tries: "to close an object in the callback that gets its records",
    module: (script) => {
      const { object, map, record } = published(script);
      const close = script.callCode("wasm_close_bpf_object");
      script.callback = [...result(object.ref), 0xad, ...close];
      script.gives(RECORDS, "wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 5000);
      script.gives([-22], "wasm_bpf_buffer_poll", object, map, 0, 0, record, 64, 100);
      script.gives([-22], "wasm_bpf_map_operate", map, 1, record, record, 0, 0);
    },
  },
  {
    tries: "to close what it still uses: maps, buffers, links, in every order",
    module: (script) => {
      for (const order of [0, 1, 2]) {
        const { object, map, program } = tool(script);
        const ring = map("rb");
        const buffer = script.opens("buffer_open", ring);
        const link = script.opens("program_attach", program);
        if (order === 0) script.gives(0, "object_close", object);
        if (order === 1) script.gives(0, "buffer_close", buffer);
        if (order === 2) script.gives(0, "link_destroy", link);
        script.call("buffer_poll", buffer, 40_960, 4096, 10);
        script.call("link_info", link, 32_768, 64);
        script.call("buffer_close", buffer);
        script.call("link_destroy", link);
        script.call("object_close", object);
        script.refused(/closed/, "buffer_poll", buffer, 40_960, 4096, 0);
      }
    },
  },
  {
    tries: "to end with everything open and attached",
    module: (script) => {
      const { map, program } = tool(script);
      script.opens("buffer_open", map("rb"));
      // Before Linux 6.10 a program attaches to a raw tracepoint once only.
      script.opens("program_attach", program);
      for (let i = 0; i < 7; i++) script.call("program_attach", program);
    },
  },
  {
    tries: "to trap with everything open and attached",
    module: (script) => {
      const { map, program } = tool(script);
      script.call("buffer_open", map("rb"));
      for (let i = 0; i < 8; i++) script.call("program_attach", program);
      script.silent();
      script.raw(UNREACHABLE);
    },
    ends: /unreachable/,
  },
  {
    tries: "to open one buffer twice",
    module: (script) => {
      const { map } = tool(script);
      const ring = map("rb");
      script.opens("buffer_open", ring);
      script.refused(/./, "buffer_open", ring);
      script.refused(/./, "buffer_open", map("counts"));
      script.refused(/./, "user_buffer_open", ring);
    },
  },
  {
    tries: "to load an object twice, and what failed once more",
    module: (script) => {
      const { object } = tool(script);
      script.refused(/loaded already/, "object_load", object);
      const other = script.call("object_open", ...script.put(objects().huge), 0, 0);
      const map = script.call("object_find_map", other, ...script.put("huge"));
      script.call("map_set", map, 4, -1);
      script.refused(/./, "object_load", other);
      script.refused(/failed to load before/, "object_load", other);
    },
  },
  {
    tries: "to read the host's memory through a map that lies in its own",
    module: (script) => {
      const { map } = tool(script);
      const array = map("array");
      // It is not BPF_F_MMAPABLE: nothing is mapped, wherever it asks.
      for (const address of [0, 65_536, 131_072, 4096]) {
        script.refused(/./, "map_live", array, address);
      }
    },
  },
];
