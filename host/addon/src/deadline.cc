#include "deadline.h"

#include <errno.h>

namespace wbpf {

int Deadline::Poll(pollfd* entries, nfds_t count, int64_t limit_ns) const {
  for (;;) {
    timespec left;
    const timespec* timeout = nullptr;
    if (!forever_ || limit_ns >= 0) {
      int64_t ns = forever_ ? limit_ns : Left();
      if (limit_ns >= 0) ns = std::min(ns, limit_ns);
      left.tv_sec = static_cast<time_t>(ns / 1000000000);
      left.tv_nsec = static_cast<long>(ns % 1000000000);
      timeout = &left;
    }
    const int ready = ppoll(entries, count, timeout, nullptr);
    if (ready >= 0 || errno != EINTR) return ready;
  }
}

}  // namespace wbpf
