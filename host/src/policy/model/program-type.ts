import type { Effect } from "./effect.js";

/**
 * A kind of program as a policy names it. Finer than the kernel's program types, whose `kprobe` is a kprobe, a uprobe and a static probe, and whose `tracing` is
 * five hooks: a person who reviews a policy wants to know which.
 */
export interface PolicyProgramType {
  /** As in the policy. */
  readonly name: string;
  /** `enum bpf_prog_type` of `include/uapi/linux/bpf.h`. */
  readonly kernelType: number;
  /** Section names of libbpf (`section_defs` of its libbpf.c) that make such a program, without what follows the first slash or dot. */
  readonly sections: readonly string[];
  /** What a target of it is, for people. `undefined`: it has none. */
  readonly target: string | undefined;
  /** Modes among which a grant may choose. */
  readonly modes: readonly string[];
  /** What it can do to others by its very type. */
  readonly effects: readonly Effect[];
}

const type = (
  name: string,
  kernelType: number,
  sections: readonly string[],
  target: string | undefined,
  { effects = [], modes = [] }: { effects?: readonly Effect[]; modes?: readonly string[] } = {},
): PolicyProgramType => ({ name, kernelType, sections, target, modes, effects });

const INTERFACE = "the name of a network interface";
const CGROUP = "the path of a cgroup, real and absolute";
const FUNCTION = "a function of the kernel";
const NETNS = "the path of a network namespace, or 'host'";
const filters = ["drop", "redirect"] as const;
const directions = ["ingress", "egress"] as const;

/** All of them. The text of targets is in docs/policy.md. */
export const PROGRAM_TYPES: readonly PolicyProgramType[] = [
  type("tracepoint", 5, ["tp", "tracepoint"], "category/name"),
  type("raw_tracepoint", 17, ["raw_tp", "raw_tracepoint"], "a tracepoint's name"),
  type("raw_tracepoint_writable", 24, ["raw_tp.w", "raw_tracepoint.w"], "a tracepoint's name", {
    effects: ["write_tracepoint"],
  }),
  type("kprobe", 2, ["kprobe", "kretprobe"], FUNCTION),
  type("kprobe_multi", 2, ["kprobe.multi", "kretprobe.multi", "kprobe.session"], FUNCTION),
  type("ksyscall", 2, ["ksyscall", "kretsyscall"], "a system call's name"),
  type("uprobe", 2, ["uprobe", "uretprobe"], "path:function, the path real and absolute"),
  type(
    "uprobe_multi",
    2,
    ["uprobe.multi", "uretprobe.multi", "uprobe.session"],
    "path:function, the path real and absolute",
  ),
  type("usdt", 2, ["usdt"], "path:provider:name, the path real and absolute"),
  type("perf_event", 7, ["perf_event"], "PERF_TYPE/config, such as software/0"),
  type("fentry", 26, ["fentry"], FUNCTION),
  type("fexit", 26, ["fexit"], FUNCTION),
  type("fmod_ret", 26, ["fmod_ret"], FUNCTION, { effects: ["deny"] }),
  type("tp_btf", 26, ["tp_btf"], "a tracepoint's name"),
  type("iter", 26, ["iter"], "what is iterated, such as task"),
  type("lsm", 29, ["lsm"], "a hook, such as file_open", { effects: ["deny"] }),
  type("lsm_cgroup", 29, ["lsm_cgroup"], "hook@cgroup", { effects: ["deny"] }),
  type("xdp", 6, ["xdp"], INTERFACE, {
    effects: filters,
    modes: ["generic", "native", "offload"],
  }),
  type("tc", 3, ["tc", "classifier"], INTERFACE, { effects: filters, modes: directions }),
  type("action", 4, ["action"], undefined, { effects: filters }),
  type("tcx", 3, ["tcx"], INTERFACE, { effects: filters, modes: directions }),
  type("netkit", 3, ["netkit"], INTERFACE, { effects: filters, modes: ["primary", "peer"] }),
  type("netfilter", 32, ["netfilter"], "family/hook, such as ipv4/local_in", {
    effects: ["drop"],
  }),
  type("cgroup_skb", 8, ["cgroup_skb", "cgroup/skb"], CGROUP, { effects: ["drop"] }),
  type("cgroup_sock", 9, ["cgroup/sock", "cgroup/post_bind"], CGROUP, { effects: ["deny"] }),
  type("cgroup_sock_addr", 18, ["cgroup/connect", "cgroup/bind"], CGROUP, {
    effects: ["deny", "redirect"],
  }),
  type("cgroup_device", 15, ["cgroup/dev"], CGROUP, { effects: ["deny"] }),
  type("cgroup_sysctl", 23, ["cgroup/sysctl"], CGROUP, { effects: ["deny"] }),
  type("cgroup_sockopt", 25, ["cgroup/getsockopt", "cgroup/setsockopt"], CGROUP, {
    effects: ["deny"],
  }),
  type("sockops", 13, ["sockops"], CGROUP),
  type("sk_msg", 16, ["sk_msg"], "the name of a sockmap", { effects: filters }),
  type("sk_skb", 14, ["sk_skb"], "the name of a sockmap", { effects: filters }),
  type("sk_lookup", 30, ["sk_lookup"], NETNS, { effects: ["deny", "redirect"] }),
  type("sk_reuseport", 21, ["sk_reuseport"], undefined, { effects: ["redirect"] }),
  type("socket_filter", 1, ["socket"], `${INTERFACE}, or 'any'`),
  type("flow_dissector", 22, ["flow_dissector"], NETNS, { effects: ["drop"] }),
  type("lwt_in", 10, ["lwt_in"], undefined, { effects: filters }),
  type("lwt_out", 11, ["lwt_out"], undefined, { effects: filters }),
  type("lwt_xmit", 12, ["lwt_xmit"], undefined, { effects: filters }),
  type("lwt_seg6local", 19, ["lwt_seg6local"], undefined, { effects: filters }),
  type("lirc_mode2", 20, ["lirc_mode2"], undefined),
  type("struct_ops", 27, ["struct_ops"], "the struct's type, such as tcp_congestion_ops", {
    effects: ["replace"],
  }),
  type("freplace", 28, ["freplace"], "program:function", { effects: ["replace"] }),
  type("syscall", 31, ["syscall"], undefined),
];

/** By name. */
export const PROGRAM_TYPE_BY_NAME: ReadonlyMap<string, PolicyProgramType> = new Map(
  PROGRAM_TYPES.map((entry) => [entry.name, entry]),
);
