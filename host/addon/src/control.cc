#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "attach/link_create.h"
#include "failure.h"
#include "map.h"
#include "syscall.h"

namespace wbpf {
namespace {

// BPF_PROG_TYPE_NETFILTER, and BPF_F_LINK of a struct_ops map, both since Linux 6.4.
constexpr uint32_t kNetfilterType = 32;
constexpr uint32_t kLinkFlag = 1u << 13;

struct Section {
  const char* name;
  // Whether more may follow, after a slash.
  bool open;
  uint32_t type;
  AttachType attach;
  // BPF_F_SLEEPABLE
  bool sleepable;
};

// SEC() names of libbpf 1.2 to 1.7 (section_defs in its libbpf.c) that libbpf 1.1 takes for
// unknown.
constexpr Section kSections[] = {
    {"tcx/ingress", false, BPF_PROG_TYPE_SCHED_CLS, AttachType::kTcxIngress, false},
    {"tcx/egress", false, BPF_PROG_TYPE_SCHED_CLS, AttachType::kTcxEgress, false},
    {"netkit/primary", false, BPF_PROG_TYPE_SCHED_CLS, AttachType::kNetkitPrimary, false},
    {"netkit/peer", false, BPF_PROG_TYPE_SCHED_CLS, AttachType::kNetkitPeer, false},
    {"netfilter", false, kNetfilterType, AttachType::kNetfilter, false},
    {"uprobe.multi", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeMulti, false},
    {"uretprobe.multi", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeMulti, false},
    {"uprobe.multi.s", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeMulti, true},
    {"uretprobe.multi.s", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeMulti, true},
    {"uprobe.session", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeSession, false},
    {"uprobe.session.s", true, BPF_PROG_TYPE_KPROBE, AttachType::kUprobeSession, true},
};

bool Matches(const Section& known, const char* section) {
  const size_t length = strlen(known.name);
  if (strncmp(section, known.name, length) != 0) return false;
  return section[length] == '\0' || (known.open && section[length] == '/');
}

bool KernelIsAtLeast(unsigned wanted_major, unsigned wanted_minor) {
  utsname names;
  unsigned major = 0;
  unsigned minor = 0;
  if (uname(&names) < 0 || sscanf(names.release, "%u.%u", &major, &minor) != 2) return false;
  return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
}

void CompleteProgram(bpf_program* program) {
  if (Lib().bpf_program__type(program) != BPF_PROG_TYPE_UNSPEC) return;
  const char* section = Lib().bpf_program__section_name(program);
  for (const Section& known : kSections) {
    if (!Matches(known, section)) continue;
    Lib().bpf_program__set_type(program, static_cast<bpf_prog_type>(known.type));
    Lib().bpf_program__set_expected_attach_type(program,
                                                static_cast<bpf_attach_type>(known.attach));
    if (known.sleepable) Lib().bpf_program__set_flags(program, BPF_F_SLEEPABLE);
    return;
  }
}

}  // namespace

void CompleteObject(bpf_object* object) {
  for (bpf_program* program = nullptr;
       (program = Lib().bpf_object__next_program(object, program));) {
    CompleteProgram(program);
  }
  if (!KernelIsAtLeast(6, 4)) return;
  for (bpf_map* map = nullptr; (map = Lib().bpf_object__next_map(object, map));) {
    // Without it the kernel keeps the struct registered after the process is gone.
    if (Lib().bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS) {
      Lib().bpf_map__set_map_flags(map, Lib().bpf_map__map_flags(map) | kLinkFlag);
    }
  }
}

int SetProgram(bpf_program* program, const std::string& property, uint32_t value) {
  const Libbpf& lib = Lib();
  if (property == "autoload") return lib.bpf_program__set_autoload(program, value != 0);
  if (property == "type") {
    return lib.bpf_program__set_type(program, static_cast<bpf_prog_type>(value));
  }
  if (property == "attachType") {
    return lib.bpf_program__set_expected_attach_type(program, static_cast<bpf_attach_type>(value));
  }
  if (property == "flags") return lib.bpf_program__set_flags(program, value);
  if (property == "logLevel") return lib.bpf_program__set_log_level(program, value);
  return -EINVAL;
}

int SetMap(bpf_map* map, const std::string& property, uint64_t value) {
  const Libbpf& lib = Lib();
  const auto word = static_cast<uint32_t>(value);
  if (property == "type") return lib.bpf_map__set_type(map, static_cast<bpf_map_type>(word));
  if (property == "keySize") return lib.bpf_map__set_key_size(map, word);
  if (property == "valueSize") return lib.bpf_map__set_value_size(map, word);
  if (property == "maxEntries") return lib.bpf_map__set_max_entries(map, word);
  if (property == "flags") return lib.bpf_map__set_map_flags(map, word);
  if (property == "numaNode") return lib.bpf_map__set_numa_node(map, word);
  if (property == "extra") return lib.bpf_map__set_map_extra(map, value);
  if (property == "autocreate") return lib.bpf_map__set_autocreate(map, word != 0);
  return -EINVAL;
}

int ReusePinned(bpf_map* map, const std::string& path) {
  const UniqueFd fd(Lib().bpf_obj_get(path.c_str()));
  if (!fd.valid()) return -errno;
  // A path may as well lead to a program or a link, whose facts would be read as a map's.
  if (!StandsFor(fd.get(), "bpf-map")) return -EINVAL;
  MapFacts facts;
  const int error = ReadMapFacts(fd.get(), &facts);
  if (error < 0) return error;
  // What libbpf compares before it reuses a map by itself (map_is_reuse_compat in its libbpf.c).
  const Libbpf& lib = Lib();
  if (facts.type != static_cast<uint32_t>(lib.bpf_map__type(map)) ||
      facts.key_size != lib.bpf_map__key_size(map) ||
      facts.value_size != lib.bpf_map__value_size(map) ||
      facts.max_entries != lib.bpf_map__max_entries(map) ||
      facts.flags != lib.bpf_map__map_flags(map)) {
    return -EINVAL;
  }
  // libbpf takes a duplicate.
  return lib.bpf_map__reuse_fd(map, fd.get());
}

bool StandsFor(int fd, const char* thing) {
  char target[64] = "";
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  if (readlink(self.c_str(), target, sizeof target - 1) < 0) return false;
  // Some kernels put the name in brackets.
  const std::string name = "anon_inode:";
  return target == name + thing || target == name + "[" + thing + "]";
}

int PinAt(int fd, const std::string& path) {
  if (fd < 0) return -EBADF;
  return Lib().bpf_obj_pin(fd, path.c_str()) < 0 ? -errno : 0;
}

js::Value ProgramInfo(napi_env env, int fd) {
  bpf_prog_info info;
  const int error = fd < 0 ? -EBADF : ReadInfo(fd, &info);
  if (error < 0) {
    Throw(env, "info", error);
    return {};
  }
  js::Object result(env);
  result.Set("type", info.type);
  result.Set("id", info.id);
  result.Set("tag", js::CopyOf(env, info.tag, sizeof info.tag));
  result.Set("jitedBytes", info.jited_prog_len);
  result.Set("translatedBytes", info.xlated_prog_len);
  result.Set("loadTime", js::BigInt(env, static_cast<uint64_t>(info.load_time)));
  result.Set("uid", info.created_by_uid);
  result.Set("maps", info.nr_map_ids);
  result.Set("gplCompatible", info.gpl_compatible != 0);
  result.Set("runTimeNs", js::BigInt(env, static_cast<uint64_t>(info.run_time_ns)));
  result.Set("runCount", js::BigInt(env, static_cast<uint64_t>(info.run_cnt)));
  result.Set("recursionMisses", js::BigInt(env, static_cast<uint64_t>(info.recursion_misses)));
  result.Set("verifiedInstructions", info.verified_insns);
  return result;
}

}  // namespace wbpf
