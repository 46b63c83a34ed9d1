import { all, by, type Coverage, excused } from "./entry.js";

const SKELETON =
  "a generated skeleton is what libbpf's is: `NAME.open()`, then `load`, `attach`, `detach` and `destroy` of BpfObject";
const EMBEDDED = "a module carries its objects with it: the host opens no file that a module names";
const DESCRIPTOR =
  "a module has handles; a file descriptor of the host would be a way out of the sandbox";
const BY_ID = "a module reaches what it opened itself, not what others have in the kernel";
const OFFLOAD = "it is for programs that a network card runs, which no host of ours has";
const INSTRUCTIONS =
  "the host takes programs as the compiler wrote them; rewriting them is for a build";
const LIGHT_SKELETON = "it writes a loader in BPF for a kernel without libbpf; the host has libbpf";

/** Objects, programs and links: `libbpf.h`. */
export const OBJECTS: Coverage = {
  ...all(by("BpfObject"), "bpf_object__open", "bpf_object__open_mem", "bpf_object__open_skeleton"),
  ...all(excused(EMBEDDED), "bpf_object__open_file"),
  ...all(by("BpfObject.load"), "bpf_object__load", "bpf_object__load_skeleton"),
  ...all(by("BpfObject.destroy"), "bpf_object__close", "bpf_object__destroy_skeleton"),
  bpf_object__attach_skeleton: by("BpfObject.attach"),
  bpf_object__detach_skeleton: by("BpfObject.detach"),
  ...all(excused(SKELETON), "bpf_object__open_subskeleton", "bpf_object__destroy_subskeleton"),
  bpf_object__gen_loader: excused(LIGHT_SKELETON),
  bpf_object__name: by("BpfObject.name"),
  ...all(
    excused("only kernels before 5.0 compare it, for kprobes, and libbpf fills it in by itself"),
    "bpf_object__kversion",
    "bpf_object__set_kversion",
  ),
  bpf_object__find_map_by_name: by("BpfObject.findMap"),
  bpf_object__find_map_fd_by_name: excused(DESCRIPTOR),
  bpf_object__find_program_by_name: by("BpfProgram"),
  ...all(by("BpfObject.mapNames"), "bpf_object__next_map", "bpf_object__prev_map"),
  ...all(by("BpfObject.programNames"), "bpf_object__next_program", "bpf_object__prev_program"),
  ...all(
    by("BpfObject.pin"),
    "bpf_object__pin",
    "bpf_object__pin_maps",
    "bpf_object__pin_programs",
  ),
  ...all(by("BpfObject.unpin"), "bpf_object__unpin_maps", "bpf_object__unpin_programs"),
  ...all(
    excused("the object's BTF became types at build time; the views are made from it"),
    "bpf_object__btf",
  ),
  bpf_object__btf_fd: excused(DESCRIPTOR),

  bpf_program__attach: by("BpfProgram.attach"),
  ...all(by("BpfProgram.attachCgroup"), "bpf_program__attach_cgroup"),
  bpf_program__attach_freplace: by("BpfProgram.attachFreplace"),
  bpf_program__attach_iter: by("BpfProgram.attachIter"),
  ...all(
    by("BpfProgram.attachKprobe"),
    "bpf_program__attach_kprobe",
    "bpf_program__attach_kprobe_opts",
  ),
  bpf_program__attach_kprobe_multi_opts: by("BpfProgram.attachKprobeMulti"),
  bpf_program__attach_ksyscall: by("BpfProgram.attachKsyscall"),
  bpf_program__attach_lsm: by("BpfProgram.attachLsm"),
  bpf_program__attach_netns: by("BpfProgram.attachNetns"),
  ...all(
    by("BpfProgram.attachPerfEvent"),
    "bpf_program__attach_perf_event",
    "bpf_program__attach_perf_event_opts",
  ),
  ...all(
    by("BpfProgram.attachRawTracepoint"),
    "bpf_program__attach_raw_tracepoint",
    "bpf_raw_tracepoint_open",
  ),
  ...all(
    by("BpfProgram.attachTrace"),
    "bpf_program__attach_trace",
    "bpf_program__attach_trace_opts",
  ),
  ...all(
    by("BpfProgram.attachTracepoint"),
    "bpf_program__attach_tracepoint",
    "bpf_program__attach_tracepoint_opts",
  ),
  ...all(
    by("BpfProgram.attachUprobe"),
    "bpf_program__attach_uprobe",
    "bpf_program__attach_uprobe_opts",
  ),
  bpf_program__attach_usdt: by("BpfProgram.attachUsdt"),
  bpf_program__attach_xdp: by("BpfProgram.attachXdp"),
  ...all(by("BpfProgram.autoattach"), "bpf_program__autoattach", "bpf_program__set_autoattach"),
  bpf_program__set_autoload: by("BpfProgram.setAutoload"),
  bpf_program__autoload: by("BpfProgram.setAutoload"),
  bpf_program__set_type: by("BpfProgram.setType"),
  ...all(by("BpfProgram.info", "ProgramInfo.type"), "bpf_program__type", "bpf_program__get_type"),
  ...all(
    by("BpfProgram.setExpectedAttachType"),
    "bpf_program__set_expected_attach_type",
    "bpf_program__expected_attach_type",
    "bpf_program__get_expected_attach_type",
  ),
  ...all(by("BpfProgram.setFlags"), "bpf_program__set_flags", "bpf_program__flags"),
  ...all(by("BpfProgram.setLogLevel"), "bpf_program__set_log_level", "bpf_program__log_level"),
  ...all(by("BpfObject.log"), "bpf_program__log_buf", "bpf_program__set_log_buf"),
  bpf_program__set_attach_target: by("BpfProgram.setAttachTarget"),
  bpf_program__fd: excused(DESCRIPTOR),
  bpf_program__name: by("BpfProgram.name"),
  bpf_program__section_name: by("BpfProgram.section"),
  ...all(
    excused(INSTRUCTIONS),
    "bpf_program__insns",
    "bpf_program__insn_cnt",
    "bpf_program__set_insns",
    "bpf_prog_load",
    "libbpf_register_prog_handler",
    "libbpf_unregister_prog_handler",
  ),
  bpf_program__set_ifindex: excused(OFFLOAD),
  bpf_program__pin: by("BpfProgram.pin"),
  bpf_program__unpin: by("BpfProgram.unpin"),
  bpf_program__unload: by("BpfObject.destroy"),
  bpf_prog_test_run_opts: by("BpfProgram.testRun"),
  bpf_enable_stats: by("enableStats"),
  bpf_prog_bind_map: excused(
    "it keeps a map alive that a program does not use; the object does that",
  ),
  ...all(
    excused("it finds the C line of a machine address; a module sees no machine addresses"),
    "bpf_prog_linfo__new",
    "bpf_prog_linfo__free",
    "bpf_prog_linfo__lfind",
    "bpf_prog_linfo__lfind_addr_func",
  ),
  ...all(
    excused(BY_ID),
    "bpf_prog_get_fd_by_id",
    "bpf_prog_get_fd_by_id_opts",
    "bpf_prog_get_next_id",
    "bpf_link_get_fd_by_id",
    "bpf_link_get_fd_by_id_opts",
    "bpf_link_get_next_id",
    "bpf_task_fd_query",
    "bpf_prog_query",
    "bpf_prog_query_opts",
    "bpf_tc_query",
    "bpf_xdp_query",
    "bpf_xdp_query_id",
  ),

  ...all(by("BpfLink.destroy"), "bpf_link__destroy"),
  ...all(by("BpfLink.detach"), "bpf_link__detach", "bpf_link_detach"),
  bpf_link__disconnect: excused(
    "a link that nothing can detach any more: pin it instead, `BpfLink.pin`",
  ),
  bpf_link__fd: excused(DESCRIPTOR),
  bpf_link__open: by("BpfLink.open"),
  bpf_link__pin: by("BpfLink.pin"),
  bpf_link__pin_path: by("BpfLink.pin"),
  bpf_link__unpin: by("BpfLink.unpin"),
  ...all(by("BpfLink.update"), "bpf_link__update_program", "bpf_link_update"),
  bpf_link_create: by(
    "BpfProgram.attachTcx",
    "BpfProgram.attachNetkit",
    "BpfProgram.attachNetfilter",
    "BpfProgram.attachUprobeMulti",
  ),
  bpf_iter_create: by("BpfLink.read", "BpfLink.readText"),
  ...all(by("BpfProgram.attachSockmap"), "bpf_prog_attach", "bpf_prog_attach_opts"),
  ...all(by("BpfLink.destroy"), "bpf_prog_detach", "bpf_prog_detach2"),
  ...all(by("BpfProgram.attachTc"), "bpf_tc_attach", "bpf_tc_hook_create"),
  bpf_tc_detach: by("BpfLink.destroy"),
  bpf_tc_hook_destroy: excused(
    "the clsact discipline of an interface may serve others too; the host leaves it",
  ),
  ...all(by("BpfProgram.attachXdp"), "bpf_xdp_attach"),
  bpf_xdp_detach: by("BpfLink.destroy"),
};
