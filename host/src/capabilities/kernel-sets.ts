/**
 * `enum bpf_prog_type` of programs that watch the kernel, and of those that steer the network: `is_perfmon_prog_type` and `is_net_admin_prog_type` in the
 * kernel's kernel/bpf/syscall.c. BPF_PROG_TYPE_EXT (28) is in both.
 */
export const PERFMON_TYPES: ReadonlySet<number> = new Set([2, 5, 7, 17, 24, 26, 27, 28, 29]);
export const NET_ADMIN_TYPES: ReadonlySet<number> = new Set([
  3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 23, 25, 28, 30, 32,
]);

/** Types of maps that `map_create` of kernel/bpf/syscall.c gives only to CAP_NET_ADMIN, as libbpf names them. */
export const NET_ADMIN_MAPS: readonly string[] = [
  "sockmap",
  "sockhash",
  "devmap",
  "devmap_hash",
  "xskmap",
];

/** Helpers that programs of the network get only with CAP_PERFMON: the end of `bpf_base_func_proto` in the kernel's kernel/bpf/helpers.c. */
export const PERFMON_HELPERS: ReadonlySet<string> = new Set([
  "bpf_trace_printk",
  "bpf_trace_vprintk",
  "bpf_get_current_task",
  "bpf_get_current_task_btf",
  "bpf_probe_read_user",
  "bpf_probe_read_kernel",
  "bpf_probe_read_user_str",
  "bpf_probe_read_kernel_str",
  "bpf_snprintf",
  "bpf_snprintf_btf",
  "bpf_task_pt_regs",
]);
