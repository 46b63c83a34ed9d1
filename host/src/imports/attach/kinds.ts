import type { AttachKind } from "../../backend/backend.js";

/** The numbers of the kinds in `program_attach_to` (docs/abi.md). */
export const KINDS: Readonly<Record<number, AttachKind>> = {
  1: "tracepoint",
  2: "raw-tracepoint",
  3: "kprobe",
  4: "kprobe-multi",
  5: "ksyscall",
  6: "uprobe",
  7: "uprobe-multi",
  8: "usdt",
  9: "perf-event",
  10: "trace",
  11: "lsm",
  12: "freplace",
  13: "iter",
  14: "xdp",
  15: "tc",
  16: "tcx",
  17: "netkit",
  18: "netfilter",
  19: "cgroup",
  20: "sockmap",
  21: "netns",
  22: "socket-filter",
};
