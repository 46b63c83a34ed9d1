/**
 * Where a program can be attached, as data. One type a kind; the names are libbpf's, the units and defaults those of its `bpf_program__attach_*` functions.
 *
 * Every path is opened for that one call, by the host, and closed again: nothing that a module says is ever taken for a file descriptor.
 *
 * @module
 */
import type { BackendMap, BackendProgram } from "../backend.js";

/** A value that the program reads back with `bpf_get_attach_cookie()`. Default 0: none. */
interface Cookie {
  readonly cookie?: bigint;
}

/** `SEC("tracepoint")`. The cookie requires at least Linux 5.15. */
export interface TracepointOptions extends Cookie {
  readonly kind: "tracepoint";
  /** The folder in tracefs' `events`, such as `"syscalls"`. */
  readonly category: string;
  /** Such as `"sys_enter_openat"`. */
  readonly name: string;
}

/** `SEC("raw_tp")`. The cookie requires at least Linux 6.10. */
export interface RawTracepointOptions extends Cookie {
  readonly kind: "raw-tracepoint";
  /** Without a category, such as `"sched_switch"`. */
  readonly name: string;
}

/** `SEC("kprobe")`, `SEC("kretprobe")`. The cookie requires at least Linux 5.15. */
export interface KprobeOptions extends Cookie {
  readonly kind: "kprobe";
  /** A function of the kernel, as in /proc/kallsyms. */
  readonly function: string;
  /** In bytes from the function's start; 0 for a return probe. */
  readonly offset?: bigint;
  /** Whether it fires at the function's return. */
  readonly retprobe?: boolean;
}

/** `SEC("kprobe.multi")`, `SEC("kretprobe.multi")`. Requires at least Linux 5.18. */
export interface KprobeMultiOptions {
  readonly kind: "kprobe-multi";
  /** The functions whose names match, with `*` and `?`. Either this or {@link functions}. */
  readonly pattern?: string;
  readonly functions?: readonly string[];
  /** One for each of {@link functions}, or none. */
  readonly cookies?: readonly bigint[];
  readonly retprobe?: boolean;
}

/** `SEC("ksyscall")`, `SEC("kretsyscall")`: the kernel's function for a system call, whatever this architecture names it. */
export interface KsyscallOptions extends Cookie {
  readonly kind: "ksyscall";
  /** Such as `"openat"`. */
  readonly name: string;
  readonly retprobe?: boolean;
}

/** `SEC("uprobe")`, `SEC("uretprobe")`. */
export interface UprobeOptions extends Cookie {
  readonly kind: "uprobe";
  /** An ELF file. A name without a slash is looked for as the dynamic linker (`*.so*`) or the shell would. */
  readonly path: string;
  /** A function of it; empty: {@link offset} counts from the start of the file. */
  readonly function?: string;
  /** In bytes. */
  readonly offset?: bigint;
  /** Only in this process; 0: only in the host's; -1 (the default): in every process. */
  readonly pid?: number;
  readonly retprobe?: boolean;
}

/** `SEC("uprobe.multi")`, `SEC("uretprobe.multi")`. Requires at least Linux 6.6. */
export interface UprobeMultiOptions {
  readonly kind: "uprobe-multi";
  readonly path: string;
  /** The functions whose names match, with `*` and `?`. One of this, {@link functions} and {@link offsets}. */
  readonly pattern?: string;
  readonly functions?: readonly string[];
  /** In bytes from the start of the file. */
  readonly offsets?: readonly bigint[];
  /** One for each function or offset, or none. */
  readonly cookies?: readonly bigint[];
  /** Only in this process; 0: only in the host's; -1 (the default): in every process. */
  readonly pid?: number;
  readonly retprobe?: boolean;
}

/** `SEC("usdt")`: a static probe that the file's author placed (`DTRACE_PROBE` of sys/sdt.h). */
export interface UsdtOptions extends Cookie {
  readonly kind: "usdt";
  readonly path: string;
  readonly provider: string;
  readonly name: string;
  /** Only in this process; 0: only in the host's; -1 (the default): in every process. */
  readonly pid?: number;
}

/** `SEC("perf_event")`: a sampling event of perf_event_open(2). The cookie requires at least Linux 5.15. */
export interface PerfEventOptions extends Cookie {
  readonly kind: "perf-event";
  /** `PERF_TYPE_*`: 0 hardware, 1 software, 3 hardware cache, 4 raw. */
  readonly type: number;
  /** `PERF_COUNT_*` of that type: for software 0 is the CPU's clock. */
  readonly config: bigint;
  /** Samples a second. Either this or {@link period}. */
  readonly frequency?: bigint;
  /** Events between two samples. */
  readonly period?: bigint;
  /** Only in this process; -1 (the default): in every process. */
  readonly pid?: number;
  /** Only on this CPU; -1 (the default): on every CPU, which for every process is one event for each, in one link. */
  readonly cpu?: number;
}

/** `SEC("fentry")`, `SEC("fexit")`, `SEC("fmod_ret")`, `SEC("tp_btf")`: the target was chosen before load. The cookie requires at least Linux 5.19. */
export interface TraceOptions extends Cookie {
  readonly kind: "trace";
}

/** `SEC("lsm")`: the hook was chosen before load. Requires at least Linux 5.7, and "bpf" among the kernel's security modules (`lsm=`). */
export interface LsmOptions {
  readonly kind: "lsm";
}

/** `SEC("freplace")`: stands in for a function of another BPF program. Requires at least Linux 5.10. */
export interface FreplaceOptions {
  readonly kind: "freplace";
  readonly target: BackendProgram;
  /** The function's name. */
  readonly function: string;
}

/** `SEC("iter")`. Requires at least Linux 5.8; the parameters newer kernels. */
export interface IteratorOptions {
  readonly kind: "iter";
  /** For `iter/bpf_map_elem`: the map. */
  readonly map?: BackendMap;
  /** For `iter/cgroup` (Linux 6.1): where to begin, as in {@link CgroupOptions.path}. */
  readonly cgroup?: string;
  /** `enum bpf_cgroup_iter_order`: 1 this cgroup, 2 it and what is below, 3 the same from below, 4 it and those above. */
  readonly order?: number;
  /** For the task iterators (Linux 6.2): only this thread. */
  readonly tid?: number;
  /** For the task iterators: only this process. */
  readonly pid?: number;
}

/** `SEC("xdp")`. Requires at least Linux 5.9, which has links for it. */
export interface XdpOptions {
  readonly kind: "xdp";
  /** Of a network interface in the host's network namespace; `BackendSession.interfaceIndex` gives it by name. */
  readonly ifindex: number;
  /** `XDP_FLAGS_*`: 2 generic (skb), 4 in the driver, 8 in hardware; 0 the best that there is. */
  readonly flags?: number;
}

/**
 * `SEC("tc")`: by a tcx link where the kernel has them (6.6) and neither {@link handle} nor {@link priority} asks for a classic filter; else a direct-action filter
 * on the interface's clsact queueing discipline. No link holds such a filter: it is removed when it is destroyed and when the session closes, but a host that is
 * killed (SIGKILL) leaves it there.
 */
export interface TcOptions {
  readonly kind: "tc";
  readonly ifindex: number;
  readonly direction: "ingress" | "egress";
  /** Of the classic filter. 0: the kernel chooses. */
  readonly handle?: number;
  /** Of the classic filter; the lowest runs first. 0: the kernel chooses. */
  readonly priority?: number;
  /** Whether it has to be a classic filter. */
  readonly classic?: boolean;
}

/** `SEC("tcx/ingress")`, `SEC("tcx/egress")`. Requires at least Linux 6.6. */
export interface TcxOptions {
  readonly kind: "tcx";
  readonly ifindex: number;
  /** Default: as the section says. */
  readonly direction?: "ingress" | "egress";
  /** `BPF_F_BEFORE` (8): before all others; `BPF_F_AFTER` (16): after them; 0: as the kernel likes, which is after them. */
  readonly flags?: number;
}

/** `SEC("netkit/primary")`, `SEC("netkit/peer")`: of a pair of netkit interfaces. Requires at least Linux 6.7. */
export interface NetkitOptions {
  readonly kind: "netkit";
  /** Of the primary interface, for both. */
  readonly ifindex: number;
  /** Default: as the section says. */
  readonly side?: "primary" | "peer";
  /** As of {@link TcxOptions}. */
  readonly flags?: number;
}

/** `SEC("netfilter")`. Requires at least Linux 6.4. */
export interface NetfilterOptions {
  readonly kind: "netfilter";
  /** `NFPROTO_*`: 2 IPv4, 10 IPv6. */
  readonly protocolFamily: number;
  /** `NF_INET_*`: 0 pre-routing, 1 local in, 2 forward, 3 local out, 4 post-routing. */
  readonly hook: number;
  /** The lowest runs first; the kernel keeps -2147483648 and 2147483647 for itself. */
  readonly priority: number;
  /** 1: `BPF_F_NETFILTER_IP_DEFRAG` (Linux 6.6), fragments arrive put together. */
  readonly flags?: number;
}

/** `SEC("cgroup…")`, `SEC("sockops")` and `SEC("lsm_cgroup")`. Requires at least Linux 5.7, which has links for it. */
export interface CgroupOptions {
  readonly kind: "cgroup";
  /** A folder of the cgroup file system, version 2: absolute, or below where it is mounted (`""`: its root). */
  readonly path: string;
}

/** `SEC("sk_skb…")`, `SEC("sk_msg")`: of the sockets in a sockmap or a sockhash. */
export interface SockmapOptions {
  readonly kind: "sockmap";
  readonly map: BackendMap;
}

/** `SEC("sk_lookup")` (Linux 5.9), `SEC("flow_dissector")` (5.8). */
export interface NetnsOptions {
  readonly kind: "netns";
  /** A network namespace, such as `/run/netns/blue`. Default: the host's own. */
  readonly path?: string;
}

/** `SEC("socket")`: sees every packet of an interface, as tcpdump does, through a packet socket that lives as long as the link. It drops nothing. */
export interface SocketFilterOptions {
  readonly kind: "socket-filter";
  /** 0: of every interface. */
  readonly ifindex: number;
}

/** How to attach a program when its section does not say it all. */
export type AttachOptions =
  | TracepointOptions
  | RawTracepointOptions
  | KprobeOptions
  | KprobeMultiOptions
  | KsyscallOptions
  | UprobeOptions
  | UprobeMultiOptions
  | UsdtOptions
  | PerfEventOptions
  | TraceOptions
  | LsmOptions
  | FreplaceOptions
  | IteratorOptions
  | XdpOptions
  | TcOptions
  | TcxOptions
  | NetkitOptions
  | NetfilterOptions
  | CgroupOptions
  | SockmapOptions
  | NetnsOptions
  | SocketFilterOptions;

export type AttachKind = AttachOptions["kind"];
