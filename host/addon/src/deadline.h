// A point on the monotonic clock until which a call may wait.
#pragma once

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

namespace wbpf {

class Deadline {
 public:
  // 0: do not wait. Negative: for ever.
  explicit Deadline(int32_t timeout_ms)
      : forever_(timeout_ms < 0),
        at_(timeout_ms > 0 ? Now() + static_cast<int64_t>(timeout_ms) * 1000000 : 0) {}

  bool forever() const { return forever_; }
  // Nanoseconds that are left, never below 0. Meaningless when it waits for ever.
  int64_t Left() const { return at_ == 0 ? 0 : std::max<int64_t>(0, at_ - Now()); }

  // ppoll(2) until the deadline, or for at most `limit_ns` if that is not negative. A signal that
  // interrupts does not end it early. Returns as poll(2) does.
  int Poll(pollfd* entries, nfds_t count, int64_t limit_ns = -1) const;

 private:
  static int64_t Now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
  }

  bool forever_;
  int64_t at_;
};

}  // namespace wbpf
