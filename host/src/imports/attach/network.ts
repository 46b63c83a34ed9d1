import { bpfError } from "../errno.js";
import type { Decoder } from "./decode.js";

/** Interfaces and packets. */
export const networkDecoders: {
  xdp: Decoder<"xdp">;
  tc: Decoder<"tc">;
  tcx: Decoder<"tcx">;
  netkit: Decoder<"netkit">;
  netfilter: Decoder<"netfilter">;
  netns: Decoder<"netns">;
} = {
  xdp: (read) => ({ kind: "xdp", ifindex: read.u32(), flags: read.u32() }),
  tc: (read) => ({
    kind: "tc",
    ifindex: read.u32(),
    direction: choose(read.u32(), [undefined, "ingress", "egress"], "direction") ?? "ingress",
    handle: read.u32(),
    priority: read.u32(),
    classic: read.flag(),
  }),
  tcx: (read) => {
    const ifindex = read.u32();
    const direction = choose(read.u32(), [undefined, "ingress", "egress"], "direction");
    return { kind: "tcx", ifindex, ...(direction && { direction }), flags: read.u32() };
  },
  netkit: (read) => {
    const ifindex = read.u32();
    const side = choose(read.u32(), [undefined, "primary", "peer"], "side");
    return { kind: "netkit", ifindex, ...(side && { side }), flags: read.u32() };
  },
  netfilter: (read) => ({
    kind: "netfilter",
    protocolFamily: read.u32(),
    hook: read.u32(),
    priority: read.i32(),
    flags: read.u32(),
  }),
  netns: (read) => {
    const path = read.path("the network namespace's path");
    return { kind: "netns", ...(path !== "" && { path }) };
  },
};

function choose<const T>(value: number, values: readonly T[], what: string): T {
  if (value >= values.length) {
    throw bpfError("EINVAL", `the ${what} is ${value}; 0 to ${values.length - 1} are known`);
  }
  return values[value] as T;
}
