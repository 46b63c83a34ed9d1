import { type Answer, EPERM, no, refused, YES } from "./answer.js";
import { returning } from "./instructions.js";
import { needsLinux } from "./kernel-version.js";
import { nativeFeatures, type ProgramRequest } from "./native.js";

/** A kind of program. */
export interface ProgramType {
  /** `enum bpf_prog_type`. */
  readonly id: number;
  /** As libbpf's `libbpf_bpf_prog_type_str` and bpftool name it. */
  readonly name: string;
  /** The Linux release that brought it: the history of `include/uapi/linux/bpf.h`. */
  readonly since: string;
  /** What its load wants beside two instructions. */
  readonly shape?: Partial<Omit<ProgramRequest, "type" | "instructions">>;
  /**
   * For programs made for one function or struct of the kernel: id 1 of the kernel's BTF is none, and what the verifier says of it shows that it knows the type.
   */
  readonly refusal?: RegExp;
}

/** `enum bpf_attach_type`, `include/uapi/linux/bpf.h`. */
const ATTACH = {
  cgroupInet4Connect: 10,
  cgroupGetsockopt: 21,
  traceRawTp: 23,
  lsmMac: 27,
  skLookup: 36,
  netfilter: 45,
};
/** `BPF_F_SLEEPABLE`. */
const SLEEPABLE = 1 << 4;

export const PROGRAM_TYPES: readonly ProgramType[] = [
  { id: 1, name: "socket_filter", since: "3.19" },
  { id: 2, name: "kprobe", since: "4.1" },
  { id: 3, name: "sched_cls", since: "4.1" },
  { id: 4, name: "sched_act", since: "4.1" },
  { id: 5, name: "tracepoint", since: "4.7" },
  { id: 6, name: "xdp", since: "4.8" },
  { id: 7, name: "perf_event", since: "4.9" },
  { id: 8, name: "cgroup_skb", since: "4.10" },
  { id: 9, name: "cgroup_sock", since: "4.10" },
  { id: 10, name: "lwt_in", since: "4.10" },
  { id: 11, name: "lwt_out", since: "4.10" },
  { id: 12, name: "lwt_xmit", since: "4.10" },
  { id: 13, name: "sock_ops", since: "4.13" },
  { id: 14, name: "sk_skb", since: "4.14" },
  { id: 15, name: "cgroup_device", since: "4.15" },
  { id: 16, name: "sk_msg", since: "4.17" },
  { id: 17, name: "raw_tracepoint", since: "4.17" },
  {
    id: 18,
    name: "cgroup_sock_addr",
    since: "4.17",
    shape: { attachType: ATTACH.cgroupInet4Connect },
  },
  { id: 19, name: "lwt_seg6local", since: "4.18" },
  { id: 20, name: "lirc_mode2", since: "4.18" },
  { id: 21, name: "sk_reuseport", since: "4.19" },
  { id: 22, name: "flow_dissector", since: "4.20" },
  { id: 23, name: "cgroup_sysctl", since: "5.2" },
  { id: 24, name: "raw_tracepoint_writable", since: "5.2" },
  { id: 25, name: "cgroup_sockopt", since: "5.3", shape: { attachType: ATTACH.cgroupGetsockopt } },
  {
    id: 26,
    name: "tracing",
    since: "5.5",
    shape: { attachType: ATTACH.traceRawTp, attachBtfId: 1 },
    refusal: /attach_btf_id 1 is not a typedef/,
  },
  {
    id: 27,
    name: "struct_ops",
    since: "5.6",
    shape: { attachBtfId: 1 },
    refusal: /attach_btf_id 1 is not (?:a )?supported/,
  },
  {
    id: 28,
    name: "ext",
    since: "5.6",
    shape: { attachBtfId: 1 },
    refusal: /Cannot replace kernel functions/,
  },
  {
    id: 29,
    name: "lsm",
    since: "5.7",
    shape: { attachType: ATTACH.lsmMac, attachBtfId: 1 },
    refusal: /attach_btf_id 1 is not a function/,
  },
  { id: 30, name: "sk_lookup", since: "5.9", shape: { attachType: ATTACH.skLookup } },
  { id: 31, name: "syscall", since: "5.14", shape: { flags: SLEEPABLE } },
  { id: 32, name: "netfilter", since: "6.4", shape: { attachType: ATTACH.netfilter } },
];

/** Whether the kernel loads programs of this type. Loading is not attaching: see `probeAttachKind`. */
export function probeProgramType(type: ProgramType): Answer {
  const { error, log } = nativeFeatures().tryProgram({
    type: type.id,
    attachType: 0,
    attachBtfId: 0,
    flags: 0,
    instructions: returning(0),
    ...type.shape,
  });
  if (error === 0 || type.refusal?.test(log)) return YES;
  if (error === EPERM) return refused(type.id);
  return no(needsLinux(type.since) ?? "this kernel was built without it");
}
