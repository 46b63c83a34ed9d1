#include "live.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mapping.h"

namespace wbpf {
namespace {

uint32_t PageSize() {
  static const uint32_t size = static_cast<uint32_t>(sysconf(_SC_PAGESIZE));
  return size;
}

// Whether memory.grow will leave the memory where it is. V8 reserves all that a 32-bit memory can
// become, unless the address space is limited (ulimit -v): then it may reserve less and move the
// memory later, and the module would go on with a copy of the map without noticing.
bool CanHoldMappings(const Guest& guest) {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY) return false;
  constexpr uint64_t kLargestMemory = uint64_t{1} << 32;
  // Does nothing but look whether all of the range is mapped (ENOMEM if not).
  return msync(guest.At(0), kLargestMemory, MS_ASYNC) == 0;
}

}  // namespace

int ReadLiveLayout(const MapFacts& facts, LiveLayout* layout) {
  if (facts.type != BPF_MAP_TYPE_ARRAY) return -EINVAL;
  if (!(facts.flags & BPF_F_MMAPABLE)) return -ENOTSUP;
  if (facts.flags & (BPF_F_RDONLY_PROG | BPF_F_RDONLY)) return -EROFS;
  const uint64_t page = PageSize();
  const uint64_t element = (static_cast<uint64_t>(facts.value_size) + 7) & ~uint64_t{7};
  layout->size = (element * facts.max_entries + page - 1) & ~(page - 1);
  layout->alignment = static_cast<uint32_t>(page);
  return 0;
}

int LiveMap::Map(const std::shared_ptr<Guest>& guest, int fd, const MapFacts& facts,
                 uint32_t address, std::unique_ptr<LiveMap>* live) {
  LiveLayout layout;
  const int error = ReadLiveLayout(facts, &layout);
  if (error < 0) return error;
  if (address % layout.alignment != 0) return -EINVAL;
  if (!guest->Contains(address, layout.size)) return -EFAULT;
  uint8_t* const target = guest->At(address);
  // An engine may place its memories anywhere.
  if (reinterpret_cast<uintptr_t>(target) % layout.alignment != 0 || !CanHoldMappings(*guest)) {
    return -ENOSYS;
  }
  if (!guest->Reserve(address, layout.size)) return -EBUSY;
  // Made elsewhere and moved there: an mmap(2) with MAP_FIXED that the map refuses, such as a
  // frozen one, has already taken away what was there, and leaves a hole in the module's memory.
  Mapping mapping = Mapping::Shared(fd, 0, layout.size, PROT_READ | PROT_WRITE);
  // The address is the guest's own, whole pages of it: nothing else can be replaced.
  if (!mapping.valid() || !mapping.MoveTo(target)) {
    const int reason = errno;
    guest->Release(address);
    return -reason;
  }
  live->reset(new LiveMap(guest, address, layout.size));
  return 0;
}

void LiveMap::Unmap(bool keep_values) {
  const std::shared_ptr<Guest> guest = std::move(guest_);
  // A memory that moved took its pages, and with them the mapping, along to its end.
  if (!guest || !guest->Release(address_)) return;
  uint8_t* const target = guest->At(address_);
  if (keep_values) {
    // Made elsewhere and moved there in one step: at no time is there a hole that another
    // thread's mmap(2) could fall into.
    Mapping values = Mapping::Anonymous(size_);
    if (values.valid()) {
      memcpy(values.data(), target, size_);
      if (values.MoveTo(target)) return;
    }
  }
  mmap(target, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

}  // namespace wbpf
