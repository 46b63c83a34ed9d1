#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace wbpf {
namespace {

// PIPE_BUF: a pipe that poll(2) calls writable takes as much without blocking.
constexpr uint32_t kChunk = 4096;
// How long a reader may stall, once, when the module has been asked to stop and prints its last
// words.
constexpr int kLastWordsMs = 100;
// A terminal can be writable and yet have no room for a line's end.
constexpr int kRetryMs = 2;

}  // namespace

int Writer::Find(int fd, Target** target) {
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  auto known = targets_.find(fd);
  if (known != targets_.end() && known->second.device == status.st_dev &&
      known->second.inode == status.st_ino) {
    *target = &known->second;
    return 0;
  }
  Target fresh{status.st_dev, status.st_ino, Kind::kPlain, UniqueFd()};
  if (S_ISSOCK(status.st_mode)) {
    fresh.kind = Kind::kSocket;
  } else if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
    // O_NONBLOCK belongs to the open file that this process shares with others (a shell, a parent),
    // so it is set on one of our own.
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fresh.reopened.Reset(open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fresh.reopened.valid()) fresh.kind = Kind::kReopened;
  }
  targets_.erase(fd);
  *target = &targets_.emplace(fd, std::move(fresh)).first->second;
  return 0;
}

int Writer::Wait(const Guest& guest, int target) {
  const PausedTurn paused(guest.meter());
  pollfd entries[2] = {{target, POLLOUT, 0}, {guest.stop_fd(), POLLIN, 0}};
  while (poll(entries, 2, -1) < 0) {
    if (errno != EINTR) return -errno;
  }
  if (entries[0].revents != 0) return 0;
  if (!given_up_ && poll(entries, 1, kLastWordsMs) > 0) return 0;
  given_up_ = true;
  return -ECANCELED;
}

int32_t Writer::Write(const Guest& guest, int fd, const uint8_t* bytes, uint32_t length) {
  if (length > INT32_MAX) return -EINVAL;
  Target* target;
  int error = Find(fd, &target);
  if (error < 0) return error;
  const int descriptor = target->kind == Kind::kReopened ? target->reopened.get() : fd;

  uint32_t done = 0;
  while (done < length) {
    error = Wait(guest, descriptor);
    if (error < 0) return error;
    const uint32_t chunk = std::min(length - done, kChunk);
    const ssize_t written = target->kind == Kind::kSocket
                                ? send(descriptor, bytes + done, chunk, MSG_DONTWAIT | MSG_NOSIGNAL)
                                : write(descriptor, bytes + done, chunk);
    if (written >= 0) {
      done += static_cast<uint32_t>(written);
    } else if (errno == EAGAIN) {
      pollfd stop{guest.stop_fd(), POLLIN, 0};
      if (poll(&stop, 1, kRetryMs) > 0 && given_up_) return -ECANCELED;
    } else if (errno != EINTR) {
      return -errno;
    }
  }
  return static_cast<int32_t>(done);
}

}  // namespace wbpf
