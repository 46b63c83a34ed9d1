// The memory of a BPF_F_MMAPABLE array in the place of pages of a module's own memory: what the
// module loads and stores there is the map itself.
#pragma once

#include <cstdint>
#include <memory>

#include "guest.h"
#include "map.h"

namespace wbpf {

// What a live mapping takes of the module's memory.
struct LiveLayout {
  // Bytes, a multiple of the page size: the map's values, each rounded up to 8, then rounded up to
  // whole pages. The kernel gives the rest of the last page to nobody else (array_map_alloc in
  // kernel/bpf/arraymap.c).
  uint64_t size = 0;
  // What the address must be a multiple of.
  uint32_t alignment = 0;
};

// 0; -EINVAL: it is no array; -ENOTSUP: it was not created with BPF_F_MMAPABLE (kernel 5.5 or
// newer); -EROFS: programs may not write it, so nobody may map it for writing.
int ReadLiveLayout(const MapFacts& facts, LiveLayout* layout);

// One mapping, which stands until Unmap(): the guest's memory must outlive it (Guest::Pin).
class LiveMap {
 public:
  // 0; what ReadLiveLayout() says; -EINVAL: a misaligned address; -EFAULT: outside the memory;
  // -EBUSY: another live map is there; -ENOSYS: the engine's memory cannot take it; or mmap(2)'s
  // errno, such as -EPERM for a map that is frozen. Nothing has changed then.
  static int Map(const std::shared_ptr<Guest>& guest, int fd, const MapFacts& facts,
                 uint32_t address, std::unique_ptr<LiveMap>* live);
  ~LiveMap() { Unmap(false); }
  LiveMap(const LiveMap&) = delete;
  LiveMap& operator=(const LiveMap&) = delete;

  // Puts ordinary memory there again, with the map's last values or with zeros.
  void Unmap(bool keep_values);

 private:
  LiveMap(std::shared_ptr<Guest> guest, uint32_t address, uint64_t size)
      : guest_(std::move(guest)), address_(address), size_(size) {}

  std::shared_ptr<Guest> guest_;
  uint32_t address_;
  uint64_t size_;
};

}  // namespace wbpf
