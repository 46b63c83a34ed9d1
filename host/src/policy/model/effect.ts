/**
 * The enforcement class: what a program can do to others besides watching them. Each effect has to be named by a policy, however wide its other grants are.
 */
export const EFFECTS = [
  /** Packets vanish: XDP_DROP, TC_ACT_SHOT, NF_DROP, a cgroup's `return 0`. */
  "drop",
  /** Calls of processes fail: LSM, fmod_ret, cgroup hooks on sockets, devices and sysctls. */
  "deny",
  /** Packets, connections or sockets go elsewhere. */
  "redirect",
  /** Stands in for a function of the kernel or of another program: struct_ops, freplace. */
  "replace",
  /** Writes into the memory of processes: `bpf_probe_write_user`, `bpf_copy_to_user`. */
  "write_user",
  /** Makes functions of the kernel return something else: `bpf_override_return`. */
  "override_return",
  /** `bpf_send_signal`, `bpf_send_signal_thread`, `bpf_send_signal_task`. */
  "send_signal",
  /** Writes the arguments of writable tracepoints. */
  "write_tracepoint",
  /** Calls bpf(2) itself, and closes descriptors of the process that runs it: `bpf_sys_bpf`, `bpf_sys_close`. */
  "system_call",
] as const;

export type Effect = (typeof EFFECTS)[number];

/** Helpers that no grant of helpers reaches unless their effect is named; `__BPF_FUNC_MAPPER` of `include/uapi/linux/bpf.h`. */
export const HELPER_EFFECTS: Readonly<Record<string, Effect>> = {
  bpf_probe_write_user: "write_user",
  bpf_override_return: "override_return",
  bpf_send_signal: "send_signal",
  bpf_send_signal_thread: "send_signal",
  bpf_sys_bpf: "system_call",
  bpf_sys_close: "system_call",
  bpf_set_retval: "deny",
  bpf_redirect: "redirect",
  bpf_redirect_map: "redirect",
  bpf_redirect_neigh: "redirect",
  bpf_redirect_peer: "redirect",
  bpf_clone_redirect: "redirect",
  bpf_sk_redirect_map: "redirect",
  bpf_sk_redirect_hash: "redirect",
  bpf_msg_redirect_map: "redirect",
  bpf_msg_redirect_hash: "redirect",
  bpf_sk_assign: "redirect",
  bpf_sk_select_reuseport: "redirect",
};

/** The same for functions of the kernel that programs call by name. */
export const KFUNC_EFFECTS: Readonly<Record<string, Effect>> = {
  bpf_send_signal_task: "send_signal",
  bpf_copy_to_user: "write_user",
};
