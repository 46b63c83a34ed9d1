#include "map.h"

#include <stdio.h>
#include <string.h>

#include "syscall.h"

namespace wbpf {
namespace {

// BPF_MAP_TYPE_CGRP_STORAGE, which headers before Linux 6.2 lack.
constexpr uint32_t kCgroupStorage = 32;

}  // namespace

int ReadMapFacts(int fd, MapFacts* facts) {
  bpf_map_info info;
  memset(&info, 0, sizeof info);
  bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.info.bpf_fd = static_cast<uint32_t>(fd);
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<uint64_t>(&info);
  const int error = Bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof attributes);
  if (error < 0) return error;
  *facts = {info.type, info.key_size, info.value_size, info.max_entries, info.map_flags, info.id};
  return 0;
}

uint32_t PossibleCpus() {
  static const uint32_t cpus = [] {
    std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/sys/devices/system/cpu/possible", "re"),
                                               &fclose);
    uint32_t count = 0;
    unsigned first;
    // A list of ranges, such as "0-3,8".
    while (file && fscanf(file.get(), "%u", &first) == 1) {
      unsigned last = first;
      int separator = fgetc(file.get());
      if (separator == '-') {
        if (fscanf(file.get(), "%u", &last) != 1 || last < first) return uint32_t{0};
        separator = fgetc(file.get());
      }
      count += last - first + 1;
      if (separator != ',') break;
    }
    return count;
  }();
  return cpus;
}

uint64_t ValueBytes(const MapFacts& facts) {
  switch (facts.type) {
    case BPF_MAP_TYPE_PERCPU_HASH:
    case BPF_MAP_TYPE_PERCPU_ARRAY:
    case BPF_MAP_TYPE_LRU_PERCPU_HASH:
    case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
      return ((static_cast<uint64_t>(facts.value_size) + 7) & ~uint64_t{7}) * PossibleCpus();
    default:
      return facts.value_size;
  }
}

Descriptors DescriptorsOf(const MapFacts& facts) {
  switch (facts.type) {
    case BPF_MAP_TYPE_PROG_ARRAY:
    case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
    case BPF_MAP_TYPE_CGROUP_ARRAY:
    case BPF_MAP_TYPE_ARRAY_OF_MAPS:
    case BPF_MAP_TYPE_HASH_OF_MAPS:
    case BPF_MAP_TYPE_SOCKMAP:
    case BPF_MAP_TYPE_SOCKHASH:
    case BPF_MAP_TYPE_XSKMAP:
    case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
    // Values with the descriptors of programs in them.
    case BPF_MAP_TYPE_STRUCT_OPS:
      return Descriptors::kValue;
    case BPF_MAP_TYPE_DEVMAP:
    case BPF_MAP_TYPE_DEVMAP_HASH:
    case BPF_MAP_TYPE_CPUMAP:
      return facts.value_size > sizeof(uint32_t) ? Descriptors::kSecondHalf : Descriptors::kNone;
    case BPF_MAP_TYPE_SK_STORAGE:
    case BPF_MAP_TYPE_INODE_STORAGE:
    case BPF_MAP_TYPE_TASK_STORAGE:
    case kCgroupStorage:
      return Descriptors::kKey;
    default:
      return Descriptors::kNone;
  }
}

bool MapCalls::Address(uint32_t pointer, uint64_t length, uint64_t* address) const {
  if (length == 0) {
    *address = 0;
    return true;
  }
  if (!guest_->Contains(pointer, length)) return false;
  *address = reinterpret_cast<uint64_t>(guest_->At(pointer));
  return true;
}

int32_t MapCalls::Lookup(uint32_t key, uint32_t value, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ == Descriptors::kKey) return -EPERM;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, flags};
  if (!Address(key, key_size_, &element.key) || !Address(value, value_bytes_, &element.value)) {
    return -EFAULT;
  }
  return Bpf(BPF_MAP_LOOKUP_ELEM, &element);
}

int32_t MapCalls::Update(uint32_t key, uint32_t value, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ == Descriptors::kValue || descriptors_ == Descriptors::kKey) return -EPERM;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, flags};
  if (!Address(key, key_size_, &element.key) || !Address(value, value_bytes_, &element.value)) {
    return -EFAULT;
  }
  // A copy: a live map in the module's memory may change between the look and the call.
  uint32_t halves[2] = {};
  if (descriptors_ == Descriptors::kSecondHalf) {
    if (value_bytes_ != sizeof halves) return -EPERM;
    memcpy(halves, reinterpret_cast<const void*>(element.value), sizeof halves);
    if (halves[1] != 0) return -EPERM;
    element.value = reinterpret_cast<uint64_t>(halves);
  }
  return Bpf(BPF_MAP_UPDATE_ELEM, &element);
}

int32_t MapCalls::LookupAndDelete(uint32_t key, uint32_t value, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ == Descriptors::kKey) return -EPERM;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, flags};
  if (!Address(key, key_size_, &element.key) || !Address(value, value_bytes_, &element.value)) {
    return -EFAULT;
  }
  return Bpf(BPF_MAP_LOOKUP_AND_DELETE_ELEM, &element);
}

int32_t MapCalls::Delete(uint32_t key) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ == Descriptors::kKey) return -EPERM;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, 0};
  if (!Address(key, key_size_, &element.key)) return -EFAULT;
  return Bpf(BPF_MAP_DELETE_ELEM, &element);
}

int32_t MapCalls::UpdateDescriptor(uint32_t key, uint32_t fd, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  // All types of such maps take values of four bytes, or (sockets) may; no other is filled here.
  if (descriptors_ != Descriptors::kValue || value_bytes_ != sizeof fd) return -EINVAL;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, reinterpret_cast<uint64_t>(&fd), flags};
  if (!Address(key, key_size_, &element.key)) return -EFAULT;
  return Bpf(BPF_MAP_UPDATE_ELEM, &element);
}

int32_t MapCalls::UpdatePair(uint32_t key, uint32_t number, uint32_t fd) {
  if (fd_ < 0) return -EBADF;
  const uint32_t pair[2] = {number, fd};
  if (value_bytes_ > sizeof pair) return -EINVAL;
  if (value_bytes_ < sizeof pair && fd != 0) return -EINVAL;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, reinterpret_cast<uint64_t>(pair), BPF_ANY};
  if (!Address(key, key_size_, &element.key)) return -EFAULT;
  return Bpf(BPF_MAP_UPDATE_ELEM, &element);
}

int32_t MapCalls::LookupOf(uint32_t fd, uint32_t value, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ != Descriptors::kKey) return -EINVAL;
  MapElement element{static_cast<uint32_t>(fd_), 0, reinterpret_cast<uint64_t>(&fd), 0, flags};
  if (!Address(value, value_bytes_, &element.value)) return -EFAULT;
  return Bpf(BPF_MAP_LOOKUP_ELEM, &element);
}

int32_t MapCalls::UpdateOf(uint32_t fd, uint32_t value, uint32_t flags) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ != Descriptors::kKey) return -EINVAL;
  MapElement element{static_cast<uint32_t>(fd_), 0, reinterpret_cast<uint64_t>(&fd), 0, flags};
  if (!Address(value, value_bytes_, &element.value)) return -EFAULT;
  return Bpf(BPF_MAP_UPDATE_ELEM, &element);
}

int32_t MapCalls::DeleteOf(uint32_t fd) {
  if (fd_ < 0) return -EBADF;
  if (descriptors_ != Descriptors::kKey) return -EINVAL;
  MapElement element{static_cast<uint32_t>(fd_), 0, reinterpret_cast<uint64_t>(&fd), 0, 0};
  return Bpf(BPF_MAP_DELETE_ELEM, &element);
}

int32_t MapCalls::Freeze() {
  if (fd_ < 0) return -EBADF;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, 0};
  return Bpf(BPF_MAP_FREEZE, &element);
}

int32_t MapCalls::Next(uint32_t key, bool has_key, uint32_t next) {
  if (fd_ < 0) return -EBADF;
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, 0};
  if (has_key && !Address(key, key_size_, &element.key)) return -EFAULT;
  if (!Address(next, key_size_, &element.value)) return -EFAULT;
  return Bpf(BPF_MAP_GET_NEXT_KEY, &element);
}

}  // namespace wbpf
