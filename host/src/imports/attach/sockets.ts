import type { Decoder } from "./decode.js";

/** Cgroups and sockets. */
export const socketDecoders: {
  cgroup: Decoder<"cgroup">;
  sockmap: Decoder<"sockmap">;
  "socket-filter": Decoder<"socket-filter">;
} = {
  cgroup: (read) => ({ kind: "cgroup", path: read.path("the cgroup's path") }),
  sockmap: (read, handles) => ({ kind: "sockmap", map: handles.get(read.i32(), "map") }),
  "socket-filter": (read) => ({ kind: "socket-filter", ifindex: read.u32() }),
};
