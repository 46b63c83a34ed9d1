// What one module instance shares with everything that was opened for it: its memory, and the
// signal that asks it to stop.
#pragma once

#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "fd.h"
#include "js.h"
#include "meter.h"

namespace wbpf {

class Guest {
 public:
  // `meter`: null if nothing of what it measures is limited.
  explicit Guest(UniqueFd stop, std::shared_ptr<Meter> meter = nullptr)
      : stop_(std::make_shared<UniqueFd>(std::move(stop))), meter_(std::move(meter)) {}

  // The JavaScript side calls this again whenever the memory's buffer was replaced, before any
  // other call. False: the memory moved, and the live maps in it were left behind.
  bool Bind(uint8_t* base, size_t length) {
    const bool lost = base != base_ && !live_.empty();
    base_ = base;
    length_ = length;
    if (lost) live_.clear();
    return !lost;
  }

  // Keeps the WebAssembly.Memory alive, so that what is mapped into it is never freed before
  // Unpin(), whatever the garbage collector makes of the rest.
  void Pin(const js::Value& memory) {
    if (pinned_.empty()) pinned_.Hold(memory);
  }
  void Unpin() { pinned_.Reset(); }

  // Notes that a map is mapped there. False if the range meets one that is there already.
  bool Reserve(uint32_t address, uint64_t size) {
    for (const Range& range : live_) {
      if (address < range.address + range.size && range.address < address + size) return false;
    }
    live_.push_back({address, size});
    return true;
  }
  // False if nothing is noted there.
  bool Release(uint32_t address) {
    const auto found = std::find_if(live_.begin(), live_.end(),
                                    [&](const Range& range) { return range.address == address; });
    if (found == live_.end()) return false;
    live_.erase(found);
    return true;
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
    std::shared_ptr<Guest> other(new Guest(stop_, meter_));
    other->Bind(base, length);
    return other;
  }

  Meter* meter() const { return meter_.get(); }
  int stop_fd() const { return stop_->get(); }
  // As long as the eventfd is readable. One that broke counts as a stop too: better that than a
  // wait that nothing can end.
  bool StopRequested() const {
    if (!stop_->valid()) return false;
    pollfd entry{stop_->get(), POLLIN, 0};
    return poll(&entry, 1, 0) > 0;
  }

 private:
  struct Range {
    uint64_t address;
    uint64_t size;
  };

  Guest(std::shared_ptr<UniqueFd> stop, std::shared_ptr<Meter> meter)
      : stop_(std::move(stop)), meter_(std::move(meter)) {}

  uint8_t* base_ = nullptr;
  uint64_t length_ = 0;
  std::shared_ptr<UniqueFd> stop_;
  std::shared_ptr<Meter> meter_;
  std::vector<Range> live_;
  js::Reference pinned_;
};

}  // namespace wbpf
