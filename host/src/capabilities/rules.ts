import { PROGRAM_TYPE_BY_NAME } from "../policy/model/program-type.js";
import type { Use } from "../policy/model/use.js";
import type { CapabilityName } from "./capability.js";
import { NET_ADMIN_MAPS, NET_ADMIN_TYPES, PERFMON_HELPERS, PERFMON_TYPES } from "./kernel-sets.js";
import type { Surroundings } from "./surroundings.js";

/** One reason for a capability. */
export interface CapabilityRule {
  readonly capability: CapabilityName;
  /** How long: while the module loads and attaches, or to its end. */
  readonly until: "attached" | "end";
  readonly when: (use: Use, around: Surroundings) => boolean;
  /** Ends "…, to": what it is for. */
  readonly purpose: string;
}

const linux = (major: number, minor: number): number => (major << 16) | (minor << 8);
const before = (major: number, minor: number) => (around: Surroundings) =>
  around.kernel < linux(major, minor);

const kernelTypeOf = (use: Use): number | undefined =>
  use.kind === "program" || use.kind === "attach"
    ? PROGRAM_TYPE_BY_NAME.get(use.type)?.kernelType
    : undefined;

const ofKernelType = (types: ReadonlySet<number>) => (use: Use) =>
  types.has(kernelTypeOf(use) ?? -1);
const ofType =
  (...types: string[]) =>
  (use: Use) =>
    (use.kind === "program" || use.kind === "attach") && types.includes(use.type);
const ofMap =
  (...types: string[]) =>
  (use: Use) =>
    use.kind === "map" && types.includes(use.type);
/** Whatever goes through bpf(2). */
const bpf = ({ kind }: Use) =>
  kind === "program" || kind === "attach" || kind === "map" || kind === "pin";

/** Types that reach the kernel through perf_event_open(2), and maps whose buffers the host opens with it. */
const throughPerf = (use: Use) =>
  ofType("tracepoint", "kprobe", "ksyscall", "uprobe", "usdt", "perf_event")(use) ||
  ofMap("perf_event_array")(use);

/** What libbpf looks up in the BTF of the kernel, and then in that of each of its modules. */
const namedInBtf = (use: Use): string | undefined => {
  if (use.kind === "kfunc") return use.name;
  if (use.kind !== "attach") return undefined;
  return ["fentry", "fexit", "fmod_ret", "tp_btf"].includes(use.type) ? use.target : undefined;
};

/**
 * The least set of capabilities for each thing that a module does. Where each stands in the kernel's sources, and what was tried, is in docs/capabilities.md.
 */
export const CAPABILITY_RULES: readonly CapabilityRule[] = [
  {
    // bpf_prog_load and map_create of kernel/bpf/syscall.c
    capability: "CAP_BPF",
    until: "attached",
    when: bpf,
    purpose: "load programs and create maps",
  },
  {
    // __sys_bpf of kernel/bpf/syscall.c before commit c8644cd0efe7
    capability: "CAP_BPF",
    until: "end",
    when: (use, around) => bpf(use) && around.bpfRestricted && before(5, 19)(around),
    purpose: "call bpf(2) at all, which this kernel asks for each map operation",
  },
  {
    // map_create, and map_freeze before Linux 6.5
    capability: "CAP_BPF",
    until: "end",
    when: (use, around) =>
      (use.kind === "map" && use.created) || (use.kind === "freeze" && before(6, 5)(around)),
    purpose: "create and freeze maps while it runs",
  },
  {
    // is_perfmon_prog_type of kernel/bpf/syscall.c
    capability: "CAP_PERFMON",
    until: "attached",
    when: ofKernelType(PERFMON_TYPES),
    purpose: "load programs that watch the kernel",
  },
  {
    // bpf_base_func_proto of kernel/bpf/helpers.c
    capability: "CAP_PERFMON",
    until: "attached",
    when: (use) => use.kind === "helper" && PERFMON_HELPERS.has(use.name),
    purpose: "call helpers that read memory or print",
  },
  {
    // bpf_allow_ptr_leaks and bpf_bypass_spec_v1 of include/linux/bpf.h, which kernel/bpf/verifier.c asks
    capability: "CAP_PERFMON",
    until: "attached",
    when: ({ kind }) => kind === "program",
    purpose:
      "have programs verified without guards against speculation, with which many do not load",
  },
  {
    // perf_event_open of kernel/events/core.c: events of every process
    capability: "CAP_PERFMON",
    until: "attached",
    when: (use, { perfParanoid }) => ofMap("perf_event_array")(use) && perfParanoid > 0,
    purpose: "open perf buffers",
  },
  {
    // is_net_admin_prog_type and map_create of kernel/bpf/syscall.c
    capability: "CAP_NET_ADMIN",
    until: "attached",
    when: (use) => ofKernelType(NET_ADMIN_TYPES)(use) || ofMap(...NET_ADMIN_MAPS)(use),
    purpose: "load programs and create maps that steer the network",
  },
  {
    // rtnetlink_rcv_msg of net/core/rtnetlink.c: what has no link is detached by a message
    capability: "CAP_NET_ADMIN",
    until: "end",
    when: ofType("tc"),
    purpose: "detach filters of traffic control",
  },
  {
    // packet_create of net/packet/af_packet.c
    capability: "CAP_NET_RAW",
    until: "attached",
    when: ofType("socket_filter"),
    purpose: "open a packet socket",
  },
  {
    // perf_uprobe_event_init of kernel/events/core.c, since Linux 6.16 and the stable kernels of its time
    capability: "CAP_SYS_ADMIN",
    until: "attached",
    when: ofType("uprobe", "usdt"),
    purpose: "attach a single uprobe (uprobe.multi does without)",
  },
  {
    // bpf_enable_stats of kernel/bpf/syscall.c
    capability: "CAP_SYS_ADMIN",
    until: "attached",
    when: ({ kind }) => kind === "stats",
    purpose: "turn on run statistics",
  },
  {
    // bpf_btf_get_fd_by_id of kernel/bpf/syscall.c: the program's BTF, or that of a kernel module
    capability: "CAP_SYS_ADMIN",
    until: "attached",
    when: (use, { inKernel }) => {
      const name = namedInBtf(use);
      return ofType("freplace")(use) || (name !== undefined && !inKernel(name));
    },
    purpose: "find a function that is not the kernel's own",
  },
  {
    // Debian's perf_event_open: add-sysctl-to-disallow-unprivileged-CONFIG_PERF_EVENTS
    capability: "CAP_SYS_ADMIN",
    until: "attached",
    when: (use, { perfParanoid }) => throughPerf(use) && perfParanoid > 2,
    purpose: "open perf events where kernel.perf_event_paranoid is 3",
  },
  {
    // before Linux 5.8 it stood for all of the others
    capability: "CAP_SYS_ADMIN",
    until: "end",
    when: (use, around) => bpf(use) && before(5, 8)(around),
    purpose: "use bpf(2) on a kernel without CAP_BPF",
  },
  {
    // tracefs is its owner's: the number of a tracepoint, and the list of functions
    capability: "CAP_DAC_READ_SEARCH",
    until: "attached",
    when: (use, { tracefs, readable }) =>
      ofType("tracepoint", "kprobe_multi")(use) &&
      tracefs !== undefined &&
      !readable(`${tracefs}/events`),
    purpose: "read tracefs",
  },
  {
    capability: "CAP_DAC_READ_SEARCH",
    until: "end",
    when: (use, { readable }) =>
      use.kind === "file" && use.access === "read" && !readable(use.path),
    purpose: "read a file of another user",
  },
  {
    // bpf_charge_memlock before Linux 5.11: libbpf raises RLIMIT_MEMLOCK
    capability: "CAP_SYS_RESOURCE",
    until: "attached",
    when: (use, around) => bpf(use) && before(5, 11)(around),
    purpose: "raise the limit of locked memory, which maps count for on this kernel",
  },
  {
    // kallsyms_show_value of kernel/ksyms_common.c: libbpf looks the addresses of functions up there
    capability: "CAP_SYSLOG",
    until: "attached",
    when: ofType("kprobe_multi"),
    purpose: "see the addresses of the kernel's functions",
  },
  {
    capability: "CAP_SYSLOG",
    until: "end",
    when: ({ kind }) => kind === "kallsyms",
    purpose: "see the addresses of the kernel's functions",
  },
  {
    // proc_pid_get_link of fs/proc/base.c
    capability: "CAP_SYS_PTRACE",
    until: "end",
    when: (use) =>
      use.kind === "symbols" ||
      (use.kind === "attach" && /^\/proc\/\d+\/(root|ns|exe)\b/.test(use.target ?? "")),
    purpose: "look into processes of others",
  },
];
