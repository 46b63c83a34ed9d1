import type { Decoder } from "./decode.js";

/** The kernel's own places to watch it at, and functions that a program stands in for. */
export const traceDecoders: {
  tracepoint: Decoder<"tracepoint">;
  "raw-tracepoint": Decoder<"raw-tracepoint">;
  trace: Decoder<"trace">;
  lsm: Decoder<"lsm">;
  freplace: Decoder<"freplace">;
  "perf-event": Decoder<"perf-event">;
  iter: Decoder<"iter">;
} = {
  tracepoint: (read) => ({
    kind: "tracepoint",
    category: read.name("the tracepoint's category"),
    name: read.name("the tracepoint's name"),
    cookie: read.u64(),
  }),
  "raw-tracepoint": (read) => ({
    kind: "raw-tracepoint",
    name: read.name("the raw tracepoint's name"),
    cookie: read.u64(),
  }),
  trace: (read) => ({ kind: "trace", cookie: read.u64() }),
  lsm: () => ({ kind: "lsm" }),
  freplace: (read, handles) => ({
    kind: "freplace",
    target: handles.get(read.i32(), "program"),
    function: read.name("the function's name"),
  }),
  "perf-event": (read) => ({
    kind: "perf-event",
    type: read.u32(),
    config: read.u64(),
    frequency: read.u64(),
    period: read.u64(),
    cookie: read.u64(),
    pid: read.i32(-1),
    cpu: read.i32(-1),
  }),
  iter: (read, handles) => {
    const map = read.i32();
    const cgroup = read.path("the cgroup's path");
    const order = read.u32();
    const tid = read.u32();
    const pid = read.u32();
    return {
      kind: "iter",
      ...(map !== 0 && { map: handles.get(map, "map") }),
      ...(order !== 0 && { cgroup, order }),
      ...(tid !== 0 && { tid }),
      ...(pid !== 0 && { pid }),
    };
  },
};
