/** What libbpf makes of a program's section name. */
export interface SectionKind {
  /** `enum bpf_prog_type` without `BPF_PROG_TYPE_`, such as `"TRACEPOINT"`. */
  readonly program: string;
  /** `enum bpf_attach_type` without `BPF_`, such as `"TRACE_FENTRY"`; undefined where the type needs none. */
  readonly attach: string | undefined;
  /** Loaded with `BPF_F_SLEEPABLE`. */
  readonly sleepable: boolean;
  /** Whether `bpf_program__attach` knows where to attach from the section's name alone. */
  readonly autoAttach: boolean;
}

/**
 * Section names (up to the first slash where a target follows), program type, attach type, and how it is attached: `a` by its name alone, `s` sleepable.
 * From "Program Types and ELF Sections" of the kernel's libbpf documentation (Documentation/bpf/libbpf/program_types.rst) and `section_defs` of libbpf.
 */
const TABLE = `
socket SOCKET_FILTER
sk_reuseport/migrate SK_REUSEPORT SK_REUSEPORT_SELECT_OR_MIGRATE
sk_reuseport SK_REUSEPORT SK_REUSEPORT_SELECT
kprobe KPROBE - a
uprobe KPROBE - a
uprobe.s KPROBE - as
kretprobe KPROBE - a
uretprobe KPROBE - a
uretprobe.s KPROBE - as
kprobe.multi KPROBE TRACE_KPROBE_MULTI a
kretprobe.multi KPROBE TRACE_KPROBE_MULTI a
kprobe.session KPROBE TRACE_KPROBE_SESSION a
uprobe.multi KPROBE TRACE_UPROBE_MULTI a
uretprobe.multi KPROBE TRACE_UPROBE_MULTI a
uprobe.session KPROBE TRACE_UPROBE_SESSION a
uprobe.multi.s KPROBE TRACE_UPROBE_MULTI as
uretprobe.multi.s KPROBE TRACE_UPROBE_MULTI as
uprobe.session.s KPROBE TRACE_UPROBE_SESSION as
ksyscall KPROBE - a
kretsyscall KPROBE - a
usdt KPROBE - a
usdt.s KPROBE - as
tc/ingress SCHED_CLS TCX_INGRESS
tc/egress SCHED_CLS TCX_EGRESS
tcx/ingress SCHED_CLS TCX_INGRESS
tcx/egress SCHED_CLS TCX_EGRESS
netkit/primary SCHED_CLS NETKIT_PRIMARY
netkit/peer SCHED_CLS NETKIT_PEER
tc SCHED_CLS
classifier SCHED_CLS
action SCHED_ACT
tracepoint TRACEPOINT - a
tp TRACEPOINT - a
raw_tracepoint RAW_TRACEPOINT - a
raw_tp RAW_TRACEPOINT - a
raw_tracepoint.w RAW_TRACEPOINT_WRITABLE - a
raw_tp.w RAW_TRACEPOINT_WRITABLE - a
tp_btf TRACING TRACE_RAW_TP a
fentry TRACING TRACE_FENTRY a
fmod_ret TRACING MODIFY_RETURN a
fexit TRACING TRACE_FEXIT a
fentry.s TRACING TRACE_FENTRY as
fmod_ret.s TRACING MODIFY_RETURN as
fexit.s TRACING TRACE_FEXIT as
fsession TRACING TRACE_FSESSION a
fsession.s TRACING TRACE_FSESSION as
freplace EXT - a
lsm LSM LSM_MAC a
lsm.s LSM LSM_MAC as
lsm_cgroup LSM LSM_CGROUP
iter TRACING TRACE_ITER a
iter.s TRACING TRACE_ITER as
syscall SYSCALL - s
xdp.frags/devmap XDP XDP_DEVMAP
xdp/devmap XDP XDP_DEVMAP
xdp.frags/cpumap XDP XDP_CPUMAP
xdp/cpumap XDP XDP_CPUMAP
xdp.frags XDP XDP
xdp XDP XDP
perf_event PERF_EVENT
lwt_in LWT_IN
lwt_out LWT_OUT
lwt_xmit LWT_XMIT
lwt_seg6local LWT_SEG6LOCAL
sockops SOCK_OPS CGROUP_SOCK_OPS
sk_skb/stream_parser SK_SKB SK_SKB_STREAM_PARSER
sk_skb/stream_verdict SK_SKB SK_SKB_STREAM_VERDICT
sk_skb/verdict SK_SKB SK_SKB_VERDICT
sk_skb SK_SKB
sk_msg SK_MSG SK_MSG_VERDICT
lirc_mode2 LIRC_MODE2 LIRC_MODE2
flow_dissector FLOW_DISSECTOR FLOW_DISSECTOR
cgroup_skb/ingress CGROUP_SKB CGROUP_INET_INGRESS
cgroup_skb/egress CGROUP_SKB CGROUP_INET_EGRESS
cgroup/skb CGROUP_SKB
cgroup/sock_create CGROUP_SOCK CGROUP_INET_SOCK_CREATE
cgroup/sock_release CGROUP_SOCK CGROUP_INET_SOCK_RELEASE
cgroup/sock CGROUP_SOCK CGROUP_INET_SOCK_CREATE
cgroup/post_bind4 CGROUP_SOCK CGROUP_INET4_POST_BIND
cgroup/post_bind6 CGROUP_SOCK CGROUP_INET6_POST_BIND
cgroup/bind4 CGROUP_SOCK_ADDR CGROUP_INET4_BIND
cgroup/bind6 CGROUP_SOCK_ADDR CGROUP_INET6_BIND
cgroup/connect4 CGROUP_SOCK_ADDR CGROUP_INET4_CONNECT
cgroup/connect6 CGROUP_SOCK_ADDR CGROUP_INET6_CONNECT
cgroup/connect_unix CGROUP_SOCK_ADDR CGROUP_UNIX_CONNECT
cgroup/sendmsg4 CGROUP_SOCK_ADDR CGROUP_UDP4_SENDMSG
cgroup/sendmsg6 CGROUP_SOCK_ADDR CGROUP_UDP6_SENDMSG
cgroup/sendmsg_unix CGROUP_SOCK_ADDR CGROUP_UNIX_SENDMSG
cgroup/recvmsg4 CGROUP_SOCK_ADDR CGROUP_UDP4_RECVMSG
cgroup/recvmsg6 CGROUP_SOCK_ADDR CGROUP_UDP6_RECVMSG
cgroup/recvmsg_unix CGROUP_SOCK_ADDR CGROUP_UNIX_RECVMSG
cgroup/getpeername4 CGROUP_SOCK_ADDR CGROUP_INET4_GETPEERNAME
cgroup/getpeername6 CGROUP_SOCK_ADDR CGROUP_INET6_GETPEERNAME
cgroup/getpeername_unix CGROUP_SOCK_ADDR CGROUP_UNIX_GETPEERNAME
cgroup/getsockname4 CGROUP_SOCK_ADDR CGROUP_INET4_GETSOCKNAME
cgroup/getsockname6 CGROUP_SOCK_ADDR CGROUP_INET6_GETSOCKNAME
cgroup/getsockname_unix CGROUP_SOCK_ADDR CGROUP_UNIX_GETSOCKNAME
cgroup/sysctl CGROUP_SYSCTL CGROUP_SYSCTL
cgroup/getsockopt CGROUP_SOCKOPT CGROUP_GETSOCKOPT
cgroup/setsockopt CGROUP_SOCKOPT CGROUP_SETSOCKOPT
cgroup/dev CGROUP_DEVICE CGROUP_DEVICE
struct_ops STRUCT_OPS
struct_ops.s STRUCT_OPS - s
sk_lookup SK_LOOKUP SK_LOOKUP
netfilter NETFILTER NETFILTER
`;

const KINDS: ReadonlyMap<string, SectionKind> = new Map(
  TABLE.trim()
    .split("\n")
    .map((line): [string, SectionKind] => {
      const [name = "", program = "", attach = "-", how = ""] = line.split(" ");
      return [
        name,
        {
          program,
          attach: attach === "-" ? undefined : attach,
          sleepable: how.includes("s"),
          autoAttach: how.includes("a"),
        },
      ];
    }),
);

/** By section name without `?`; undefined if libbpf would not know it. */
export function sectionKind(section: string): SectionKind | undefined {
  for (let name = section; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("/")))) {
    const kind = KINDS.get(name);
    if (kind !== undefined) return kind;
  }
  return undefined;
}
