// BPF_LINK_CREATE itself, for kinds that an old libbpf, or old kernel headers, do not know.
#pragma once

#include <string.h>

#include "attach/attach.h"
#include "syscall.h"

namespace wbpf {

// Values of enum bpf_attach_type (include/uapi/linux/bpf.h of Linux 6.18) that older headers lack.
enum class AttachType : uint32_t {
  kStructOps = 44,
  kNetfilter = 45,
  kTcxIngress = 46,
  kTcxEgress = 47,
  kUprobeMulti = 48,
  kNetkitPrimary = 54,
  kNetkitPeer = 55,
  kUprobeSession = 57,
};

// The member `link_create` of union bpf_attr.
struct LinkCreate {
  uint32_t program;
  // A descriptor or the index of an interface.
  uint32_t target;
  uint32_t attach_type;
  uint32_t flags;
  union {
    struct {
      uint32_t protocol_family;
      uint32_t hook;
      int32_t priority;
      uint32_t flags;
    } netfilter;
    struct {
      uint64_t path;
      uint64_t offsets;
      uint64_t reference_counters;
      uint64_t cookies;
      uint32_t count;
      uint32_t flags;
      uint32_t pid;
    } uprobe_multi;
    uint64_t space[8];
  };

  LinkCreate(int program_fd, uint32_t target_id, uint32_t type) : target(target_id) {
    program = static_cast<uint32_t>(program_fd);
    attach_type = type;
    flags = 0;
    memset(space, 0, sizeof space);
  }

  // The descriptor of the link, or a negative errno.
  int Create() const {
    const long result = syscall(__NR_bpf, BPF_LINK_CREATE, this, sizeof *this);
    return result < 0 ? -errno : static_cast<int>(result);
  }
  Outcome Create(Attached* attached) const {
    const int created = Create();
    if (created < 0) return created;
    *attached = std::make_unique<KernelLink>(UniqueFd(created));
    return 0;
  }
};

}  // namespace wbpf
