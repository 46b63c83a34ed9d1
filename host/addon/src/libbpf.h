// libbpf, found at run time: a prebuilt addon then runs with whichever libbpf.so.1 the system has,
// and one that has none gets a sentence instead of a dynamic linker's error. Types come from
// libbpf-dev's headers; no symbol is linked.
#pragma once

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <string>

#define WBPF_LIBBPF_FUNCTIONS(X)           \
  X(libbpf_major_version)                  \
  X(libbpf_minor_version)                  \
  X(libbpf_version_string)                 \
  X(libbpf_set_print)                      \
  X(libbpf_bpf_prog_type_str)              \
  X(libbpf_bpf_map_type_str)               \
  X(libbpf_bpf_attach_type_str)            \
  X(libbpf_bpf_link_type_str)              \
  X(bpf_object__open_mem)                  \
  X(bpf_object__load)                      \
  X(bpf_object__close)                     \
  X(bpf_object__next_map)                  \
  X(bpf_object__next_program)              \
  X(bpf_map__name)                         \
  X(bpf_map__fd)                           \
  X(bpf_map__type)                         \
  X(bpf_map__key_size)                     \
  X(bpf_map__value_size)                   \
  X(bpf_map__max_entries)                  \
  X(bpf_map__map_flags)                    \
  X(bpf_map__is_internal)                  \
  X(bpf_map__pin_path)                     \
  X(bpf_map__initial_value)                \
  X(bpf_map__set_initial_value)            \
  X(bpf_map__attach_struct_ops)            \
  X(bpf_map__set_type)                     \
  X(bpf_map__set_key_size)                 \
  X(bpf_map__set_value_size)               \
  X(bpf_map__set_max_entries)              \
  X(bpf_map__set_map_flags)                \
  X(bpf_map__set_numa_node)                \
  X(bpf_map__set_map_extra)                \
  X(bpf_map__map_extra)                    \
  X(bpf_map__autocreate)                   \
  X(bpf_map__set_autocreate)               \
  X(bpf_map__reuse_fd)                     \
  X(bpf_program__name)                     \
  X(bpf_program__section_name)             \
  X(bpf_program__type)                     \
  X(bpf_program__expected_attach_type)     \
  X(bpf_program__insn_cnt)                 \
  X(bpf_program__autoload)                 \
  X(bpf_program__fd)                       \
  X(bpf_program__attach)                   \
  X(bpf_program__attach_cgroup)            \
  X(bpf_program__attach_uprobe_opts)       \
  X(bpf_program__set_autoload)             \
  X(bpf_program__set_type)                 \
  X(bpf_program__set_expected_attach_type) \
  X(bpf_program__set_flags)                \
  X(bpf_program__set_log_level)            \
  X(bpf_program__set_attach_target)        \
  X(bpf_program__attach_tracepoint_opts)   \
  X(bpf_program__attach_raw_tracepoint)    \
  X(bpf_program__attach_trace_opts)        \
  X(bpf_program__attach_lsm)               \
  X(bpf_program__attach_freplace)          \
  X(bpf_program__attach_kprobe_opts)       \
  X(bpf_program__attach_kprobe_multi_opts) \
  X(bpf_program__attach_ksyscall)          \
  X(bpf_program__attach_usdt)              \
  X(bpf_program__attach_perf_event_opts)   \
  X(bpf_program__attach_iter)              \
  X(bpf_program__attach_netns)             \
  X(bpf_link__destroy)                     \
  X(bpf_link__fd)                          \
  X(bpf_link__disconnect)                  \
  X(bpf_link_detach)                       \
  X(bpf_link_update)                       \
  X(bpf_tc_attach)                         \
  X(bpf_tc_detach)                         \
  X(bpf_tc_hook_create)                    \
  X(bpf_prog_test_run_opts)                \
  X(bpf_obj_pin)                           \
  X(bpf_obj_get)                           \
  X(bpf_iter_create)                       \
  X(bpf_prog_attach)                       \
  X(bpf_prog_detach2)                      \
  X(bpf_enable_stats)                      \
  X(btf__parse)                            \
  X(btf__parse_split)                      \
  X(btf__free)                             \
  X(btf__load_vmlinux_btf)                 \
  X(btf__load_module_btf)                  \
  X(btf__find_by_name)                     \
  X(btf__find_by_name_kind)                \
  X(btf__type_cnt)                         \
  X(btf_dump__new)                         \
  X(btf_dump__dump_type)                   \
  X(btf_dump__free)

namespace wbpf {

struct Libbpf {
#define WBPF_MEMBER(name) decltype(&::name) name = nullptr;
  WBPF_LIBBPF_FUNCTIONS(WBPF_MEMBER)
#undef WBPF_MEMBER
};

struct LibbpfLoad {
  // Null if it could not be loaded.
  const Libbpf* table = nullptr;
  // The file that was asked for: libbpf.so.1, or what WBPF_LIBBPF in the environment names.
  std::string file;
  // What the dynamic linker said, if it found no usable file.
  std::string linker;
  // The first function that the file lacks, if it is too old.
  std::string missing;
  // Of the file, such as "v1.1", if it could be asked.
  std::string version;
};

// Loads it at the first call, in whichever thread; every later call gets the same answer.
const LibbpfLoad& LoadLibbpf();

// For code that only runs after LoadLibbpf() gave a table.
const Libbpf& Lib();

}  // namespace wbpf
