// What one module instance shares with everything that was opened for it: its memory, and the
// signal that asks it to stop.
#pragma once

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "fd.h"

namespace wbpf {

class Guest {
 public:
  explicit Guest(UniqueFd stop) : stop_(std::make_shared<UniqueFd>(std::move(stop))) {}

  // The JavaScript side calls this again whenever the memory's buffer was replaced, before any
  // other call.
  void Bind(uint8_t* base, size_t length) {
    base_ = base;
    length_ = length;
  }

  // Whether `length` bytes from `pointer` lie in the memory. 64-bit sums: 0xffffffff + 0xffffffff
  // must not wrap.
  bool Contains(uint32_t pointer, uint64_t length) const {
    return static_cast<uint64_t>(pointer) + length <= length_;
  }
  // Only for a range that Contains() accepted.
  uint8_t* At(uint32_t pointer) const { return base_ + pointer; }

  // Another memory under the same signal.
  std::shared_ptr<Guest> WithMemory(uint8_t* base, size_t length) const {
    std::shared_ptr<Guest> other(new Guest(stop_));
    other->Bind(base, length);
    return other;
  }

  int stop_fd() const { return stop_->get(); }
  // As long as the eventfd is readable. One that broke counts as a stop too: better that than a
  // wait that nothing can end.
  bool StopRequested() const {
    if (!stop_->valid()) return false;
    pollfd entry{stop_->get(), POLLIN, 0};
    return poll(&entry, 1, 0) > 0;
  }

 private:
  explicit Guest(std::shared_ptr<UniqueFd> stop) : stop_(std::move(stop)) {}

  uint8_t* base_ = nullptr;
  uint64_t length_ = 0;
  std::shared_ptr<UniqueFd> stop_;
};

}  // namespace wbpf
