import type { AttachOptions } from "../backend/attach/options.js";

/** Places that exist for the time of the probes only. */
export interface Surroundings {
  /** A network interface of a network namespace of our own; undefined where none could be made. */
  readonly ifindex: number | undefined;
  /** The path of an empty cgroup; undefined where none could be made. */
  readonly cgroup: string | undefined;
}

/** A way to attach programs, and how to try it without disturbing anybody. */
export interface AttachKind {
  readonly name: string;
  /** The `SEC()` names that it serves. */
  readonly sections: RegExp;
  /** The Linux release that brought it to attach by the means that libbpf uses. */
  readonly since: string;
  /** What the kernel's configuration or command line has to say. */
  readonly needs: string;
  /** What a tool can use instead, where there is something. */
  readonly instead?: string;
  /** A program of this section is attached, and detached at once. */
  readonly section: string;
  /** What the program returns: whatever lets things go on as they would. */
  readonly returns?: number;
  /** Where to, if the section does not say it. */
  readonly to?: (surroundings: Surroundings) => AttachOptions | undefined;
  /** What {@link to} cannot do without. */
  readonly inside?: "network" | "cgroup";
}

/** A function of the kernel that everything has had since 2.6.12 and that is called often enough to be no secret: `kernel/sched/core.c`. */
const FUNCTION = "wake_up_new_task";
/** A function of Node.js, which exports it for its addons. */
const USER_FUNCTION = "uv_version";
/** `XDP_PASS` of `include/uapi/linux/bpf.h`. */
const XDP_PASS = 2;
/** `TC_ACT_UNSPEC` and its namesake of tcx: the next one decides. */
const NEXT = -1;
const ALLOW = 1;
/** `PERF_TYPE_SOFTWARE` of `include/uapi/linux/perf_event.h`, whose event 0 is the CPU's clock. */
const SOFTWARE = 1;
const IPV4 = 2;

const cgroup = ({ cgroup: path }: Surroundings): AttachOptions | undefined =>
  path === undefined ? undefined : { kind: "cgroup", path };
const onInterface =
  (make: (ifindex: number) => AttachOptions) =>
  ({ ifindex }: Surroundings): AttachOptions | undefined =>
    ifindex === undefined ? undefined : make(ifindex);

const CGROUP = {
  inside: "cgroup",
  to: cgroup,
  returns: ALLOW,
  needs: "CONFIG_CGROUP_BPF=y",
} as const;
const TRAMPOLINE = "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y and CONFIG_BPF_JIT=y";

export const ATTACH_KINDS: readonly AttachKind[] = [
  {
    name: "tracepoint",
    sections: /^(tp|tracepoint)\//,
    since: "4.7",
    needs: "CONFIG_BPF_EVENTS=y and tracefs",
    section: "tp/sched/sched_process_exec",
  },
  {
    name: "raw tracepoint",
    sections: /^raw_(tp|tracepoint)(\.w)?\b/,
    since: "4.17",
    needs: "CONFIG_BPF_EVENTS=y",
    section: "raw_tp/sched_process_exec",
  },
  {
    name: "tp_btf",
    sections: /^tp_btf\//,
    since: "5.5",
    needs: "CONFIG_BPF_EVENTS=y and CONFIG_DEBUG_INFO_BTF=y",
    section: "tp_btf/sched_process_exec",
  },
  {
    name: "kprobe",
    sections: /^kprobe(?!\.multi)\b/,
    since: "4.1",
    needs: "CONFIG_KPROBE_EVENTS=y",
    instead: "a tracepoint, or tp_btf",
    section: `kprobe/${FUNCTION}`,
  },
  {
    name: "kretprobe",
    sections: /^kretprobe(?!\.multi)\b/,
    since: "4.1",
    needs: "CONFIG_KPROBE_EVENTS=y",
    instead: "a tracepoint, or tp_btf",
    section: `kretprobe/${FUNCTION}`,
  },
  {
    name: "kprobe.multi",
    sections: /^k(ret)?probe\.multi\b/,
    since: "5.18",
    needs: "CONFIG_FPROBE=y",
    instead: "one kprobe for each function, or tracepoints",
    section: "kprobe.multi",
    to: () => ({ kind: "kprobe-multi", functions: [FUNCTION] }),
  },
  {
    name: "ksyscall",
    sections: /^k(ret)?syscall\b/,
    since: "4.17",
    needs: "CONFIG_KPROBE_EVENTS=y",
    instead: "a tracepoint of syscalls",
    section: "ksyscall/getpgid",
  },
  {
    name: "uprobe",
    sections: /^uprobe(?!\.multi)(\.s)?\b/,
    since: "4.3",
    needs: "CONFIG_UPROBE_EVENTS=y",
    section: "uprobe",
    to: () => ({ kind: "uprobe", path: process.execPath, function: USER_FUNCTION }),
  },
  {
    name: "uretprobe",
    sections: /^uretprobe(?!\.multi)(\.s)?\b/,
    since: "4.3",
    needs: "CONFIG_UPROBE_EVENTS=y",
    section: "uretprobe",
    to: () => ({ kind: "uprobe", path: process.execPath, function: USER_FUNCTION, retprobe: true }),
  },
  {
    name: "uprobe.multi",
    sections: /^u(ret)?probe\.multi(\.s)?\b/,
    since: "6.6",
    needs: "CONFIG_UPROBE_EVENTS=y",
    instead: "one uprobe for each function",
    section: "uprobe.multi",
    to: () => ({ kind: "uprobe-multi", path: process.execPath, functions: [USER_FUNCTION] }),
  },
  {
    name: "fentry",
    sections: /^fentry(\.s)?\//,
    since: "5.5",
    needs: TRAMPOLINE,
    instead: "a kprobe, a tracepoint or tp_btf",
    section: "fentry/bpf_fentry_test1",
  },
  {
    name: "fexit",
    sections: /^fexit(\.s)?\//,
    since: "5.5",
    needs: TRAMPOLINE,
    instead: "a kretprobe or a tracepoint",
    section: "fexit/bpf_fentry_test1",
  },
  {
    name: "fmod_ret",
    sections: /^fmod_ret(\.s)?\//,
    since: "5.7",
    needs: TRAMPOLINE,
    section: "fmod_ret/security_syslog",
  },
  {
    name: "lsm",
    sections: /^lsm(\.s)?\//,
    since: "5.7",
    needs: "CONFIG_BPF_LSM=y",
    section: "lsm/syslog",
  },
  {
    name: "iterator",
    sections: /^iter(\.s)?\//,
    since: "5.8",
    needs: "CONFIG_BPF_SYSCALL=y and CONFIG_DEBUG_INFO_BTF=y",
    section: "iter/task",
  },
  {
    name: "perf event",
    sections: /^perf_event\b/,
    since: "4.9",
    needs: "CONFIG_PERF_EVENTS=y and CONFIG_BPF_EVENTS=y",
    section: "perf_event",
    to: () => ({
      kind: "perf-event",
      type: SOFTWARE,
      config: 0n,
      frequency: 1n,
      pid: process.pid,
    }),
  },
  {
    name: "xdp",
    sections: /^xdp\b/,
    since: "5.9",
    needs: "CONFIG_NET=y",
    section: "xdp",
    returns: XDP_PASS,
    inside: "network",
    to: onInterface((ifindex) => ({ kind: "xdp", ifindex })),
  },
  {
    name: "tc",
    sections: /^(tc|classifier|action)\b/,
    since: "4.5",
    needs: "CONFIG_NET_CLS_BPF=m and CONFIG_NET_SCH_INGRESS=m",
    section: "tc",
    returns: NEXT,
    inside: "network",
    to: onInterface((ifindex) => ({ kind: "tc", ifindex, direction: "ingress", classic: true })),
  },
  {
    name: "tcx",
    sections: /^tcx\b/,
    since: "6.6",
    needs: "CONFIG_NET_XGRESS=y",
    instead: 'SEC("tc"), which falls back to a classic filter',
    section: "tcx/ingress",
    returns: NEXT,
    inside: "network",
    to: onInterface((ifindex) => ({ kind: "tcx", ifindex, direction: "ingress" })),
  },
  {
    name: "netfilter",
    sections: /^netfilter\b/,
    since: "6.4",
    needs: "CONFIG_NETFILTER_BPF_LINK=y",
    section: "netfilter",
    returns: ALLOW,
    inside: "network",
    to: onInterface(() => ({ kind: "netfilter", protocolFamily: IPV4, hook: 1, priority: 100 })),
  },
  {
    name: "socket filter",
    sections: /^socket\b/,
    since: "3.19",
    needs: "CONFIG_PACKET=y",
    section: "socket",
    inside: "network",
    to: onInterface((ifindex) => ({ kind: "socket-filter", ifindex })),
  },
  {
    name: "sk_lookup",
    sections: /^sk_lookup\b/,
    since: "5.9",
    needs: "CONFIG_INET=y",
    section: "sk_lookup",
    returns: ALLOW,
    inside: "network",
    to: onInterface(() => ({ kind: "netns" })),
  },
  {
    name: "flow_dissector",
    sections: /^flow_dissector\b/,
    since: "5.8",
    needs: "CONFIG_NET=y",
    section: "flow_dissector",
    inside: "network",
    to: onInterface(() => ({ kind: "netns" })),
  },
  {
    ...CGROUP,
    name: "cgroup_skb",
    sections: /^cgroup_skb\b|^cgroup\/skb\b/,
    since: "5.7",
    section: "cgroup_skb/egress",
  },
  {
    ...CGROUP,
    name: "cgroup socket address",
    sections: /^cgroup\/(bind|connect|sendmsg|recvmsg|getpeername|getsockname)/,
    since: "5.7",
    section: "cgroup/connect4",
  },
  {
    ...CGROUP,
    name: "cgroup socket",
    sections: /^cgroup\/(sock|post_bind)/,
    since: "5.7",
    section: "cgroup/sock_create",
  },
  {
    ...CGROUP,
    name: "cgroup socket option",
    sections: /^cgroup\/[gs]etsockopt\b/,
    since: "5.7",
    section: "cgroup/getsockopt",
  },
  {
    ...CGROUP,
    name: "cgroup sysctl",
    sections: /^cgroup\/sysctl\b/,
    since: "5.7",
    section: "cgroup/sysctl",
  },
  {
    ...CGROUP,
    name: "cgroup device",
    sections: /^cgroup\/dev\b/,
    since: "5.7",
    section: "cgroup/dev",
  },
  {
    ...CGROUP,
    name: "sockops",
    sections: /^sockops\b/,
    since: "5.7",
    section: "sockops",
  },
  {
    ...CGROUP,
    name: "lsm_cgroup",
    sections: /^lsm_cgroup\//,
    since: "6.0",
    needs: "CONFIG_BPF_LSM=y and CONFIG_CGROUP_BPF=y",
    section: "lsm_cgroup/socket_bind",
  },
];

/** The kind that a program of this section is attached by; undefined for those that are not tried. */
export function attachKindOf(section: string): AttachKind | undefined {
  return ATTACH_KINDS.find(({ sections }) => sections.test(section));
}
