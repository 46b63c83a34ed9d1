#include "poll.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

namespace wbpf {

js::Value PollDescriptors(const js::Call& info) {
  // An array of pollfd, as JavaScript wrote it: int fd, short events, short revents.
  const js::Bytes entries(info[0]);
  const nfds_t count = std::min<size_t>(info[1].Uint32(), entries.size / sizeof(pollfd));
  const double ms = info[2].Double();
  timespec timeout;
  timeout.tv_sec = static_cast<time_t>(ms / 1e3);
  timeout.tv_nsec = static_cast<long>((ms - static_cast<double>(timeout.tv_sec) * 1e3) * 1e6);
  const int ready =
      ppoll(reinterpret_cast<pollfd*>(entries.data), count, ms < 0 ? nullptr : &timeout, nullptr);
  // A signal is for whoever handles it; nothing is ready then.
  return js::Number(info.env(), ready >= 0 ? ready : errno == EINTR ? 0 : -errno);
}

}  // namespace wbpf
