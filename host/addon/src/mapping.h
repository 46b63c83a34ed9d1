// An owned memory mapping.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace wbpf {

class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    Reset();
    address_ = std::exchange(other.address_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~Mapping() { Reset(); }

  // Maps `size` bytes of `fd` from `offset`, shared. On failure the result is not valid and errno
  // says why.
  static Mapping Shared(int fd, uint64_t offset, size_t size, int protection) {
    Mapping mapping;
    void* address = mmap(nullptr, size, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
    if (address != MAP_FAILED) {
      mapping.address_ = address;
      mapping.size_ = size;
    }
    return mapping;
  }

  // Ordinary memory, all zeros.
  static Mapping Anonymous(size_t size) {
    Mapping mapping;
    void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address != MAP_FAILED) {
      mapping.address_ = address;
      mapping.size_ = size;
    }
    return mapping;
  }

  // Moves the pages to `target`, in the place of what is mapped there. They then belong to whoever
  // owns that range, and this is no longer valid. False: nothing changed.
  bool MoveTo(uint8_t* target) {
    if (mremap(address_, size_, size_, MREMAP_MAYMOVE | MREMAP_FIXED, target) == MAP_FAILED) {
      return false;
    }
    address_ = nullptr;
    size_ = 0;
    return true;
  }

  bool valid() const { return address_ != nullptr; }
  uint8_t* data() const { return static_cast<uint8_t*>(address_); }
  void Reset() {
    if (address_) munmap(address_, size_);
    address_ = nullptr;
    size_ = 0;
  }

 private:
  void* address_ = nullptr;
  size_t size_ = 0;
};

}  // namespace wbpf
