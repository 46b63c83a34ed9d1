// bpf(2) itself, for calls on the hot path and for what an old libbpf lacks.
#pragma once

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace wbpf {

// 0 or a positive result, or a negative errno.
inline int Bpf(enum bpf_cmd command, union bpf_attr* attributes, size_t size) {
  const long result = syscall(__NR_bpf, command, attributes, size);
  return result < 0 ? -errno : static_cast<int>(result);
}

// What the kernel says of what a descriptor stands for: BPF_OBJ_GET_INFO_BY_FD. `Info` is a struct
// bpf_*_info; what this kernel does not know of it stays 0. 0 or a negative errno.
template <typename Info>
int ReadInfo(int fd, Info* info) {
  memset(info, 0, sizeof *info);
  bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.info.bpf_fd = static_cast<uint32_t>(fd);
  attributes.info.info_len = sizeof *info;
  attributes.info.info = reinterpret_cast<uint64_t>(info);
  return Bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof attributes);
}

// The attributes of BPF_MAP_*_ELEM and BPF_MAP_GET_NEXT_KEY: the first 32 bytes of union bpf_attr.
// The kernel takes what follows for zero, so that the rest need not be cleared at each call.
struct MapElement {
  uint32_t map_fd;
  uint32_t unused;
  uint64_t key;
  uint64_t value;
  uint64_t flags;
};

inline int Bpf(enum bpf_cmd command, MapElement* element) {
  const long result = syscall(__NR_bpf, command, element, sizeof *element);
  return result < 0 ? -errno : static_cast<int>(result);
}

}  // namespace wbpf
