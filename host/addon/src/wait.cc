#include "wait.h"

#include <errno.h>
#include <poll.h>

#include <algorithm>

#include "buffer.h"

namespace wbpf {
namespace {

// A ring whose first record is reserved but not yet submitted is readable for poll(2), which would
// turn the wait into a spin. It is looked at again after a pause that starts at what a BPF program
// needs at most and grows for one that was preempted.
constexpr int64_t kFirstPauseNs = 20000;
constexpr int64_t kLongestPauseNs = 1000000;

}  // namespace

bool HeldBack(const Guest& guest) { return guest.meter() && guest.meter()->UntilAllowance() > 0; }

int32_t WaitForBuffers(const Guest& guest, Buffer* const* buffers, size_t count, int32_t* ready,
                       const Deadline& deadline) {
  if (count > kMostBuffers) return -EINVAL;
  int64_t pause = kFirstPauseNs;
  for (bool last = false;;) {
    pollfd entries[kMostBuffers + 1];
    // poll(2) ignores a negative descriptor, which is what a guest without a stop signal has.
    entries[0] = {guest.stop_fd(), POLLIN, 0};
    nfds_t watched = 1;
    int32_t found = 0;
    bool busy = false;
    for (size_t i = 0; i < count; i++) {
      switch (buffers[i]->Look()) {
        case Buffer::State::kReady:
          ready[found++] = static_cast<int32_t>(i);
          break;
        case Buffer::State::kBusy:
          busy = true;
          break;
        case Buffer::State::kEmpty:
          entries[watched++] = {buffers[i]->fd(), POLLIN, 0};
          break;
      }
    }
    // The first look comes before any sleep, and the last one after the deadline. Whoever calls has
    // just asked for the request to stop, and after a sleep it has been looked at with the rest.
    Meter* const meter = guest.meter();
    const int64_t held = meter && found > 0 ? meter->UntilAllowance() : 0;
    if (found > 0 && held == 0) return found;
    if (last) return 0;
    if (held > 0) {
      meter->NoteThrottled();
      // What is there wakes nobody: only the time, and the stop.
      watched = 1;
    }
    if (deadline.Poll(entries, watched, held > 0 ? held : busy ? pause : -1) < 0) return -errno;
    if (entries[0].revents != 0) return -ECANCELED;
    for (nfds_t i = 1; i < watched; i++) {
      if (entries[i].revents & POLLNVAL) return -EBADF;
    }
    if (busy) pause = std::min(pause * 2, kLongestPauseNs);
    last = !deadline.forever() && deadline.Left() == 0;
  }
}

}  // namespace wbpf
