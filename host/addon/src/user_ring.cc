#include "user_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "bind.h"
#include "deadline.h"
#include "map.h"

namespace wbpf {
namespace {

// BPF_MAP_TYPE_USER_RINGBUF, which headers before Linux 6.1 lack.
constexpr uint32_t kUserRing = 31;
constexpr uint64_t kHeader = BPF_RINGBUF_HDR_SZ;
constexpr uint32_t kMostBytes = BPF_RINGBUF_DISCARD_BIT - 1;

}  // namespace

int UserRing::Open(std::shared_ptr<Guest> guest, int fd, std::shared_ptr<UserRing>* ring) {
  MapFacts facts;
  const int error = ReadMapFacts(fd, &facts);
  if (error < 0) return error;
  if (facts.type != kUserRing) return -EINVAL;
  std::shared_ptr<UserRing> opened(new UserRing(std::move(guest)));
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  opened->fd_.Reset(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!opened->fd_.valid()) return -errno;
  // The programs' position is theirs to move; ours and the data, which lie twice in a row, are not.
  opened->consumer_page_ = Mapping::Shared(fd, 0, page, PROT_READ);
  if (!opened->consumer_page_.valid()) return -errno;
  opened->producer_pages_ = Mapping::Shared(
      fd, page, page + 2 * static_cast<size_t>(facts.max_entries), PROT_READ | PROT_WRITE);
  if (!opened->producer_pages_.valid()) return -errno;
  opened->mask_ = facts.max_entries - 1;
  *ring = std::move(opened);
  return 0;
}

int32_t UserRing::Submit(uint32_t record, uint32_t length, uint32_t timeout_ms) {
  if (!fd_.valid()) return -EBADF;
  if (!guest_->Contains(record, length)) return -EFAULT;
  const uint64_t size = (uint64_t{length} + kHeader + 7) & ~uint64_t{7};
  if (length > kMostBytes || size > mask_ + 1) return -E2BIG;
  const auto* consumer = reinterpret_cast<const uint64_t*>(consumer_page_.data());
  auto* producer = reinterpret_cast<uint64_t*>(producer_pages_.data());
  const Deadline deadline(static_cast<int32_t>(timeout_ms));
  for (;;) {
    const uint64_t start = *producer;
    const uint64_t used = start - __atomic_load_n(consumer, __ATOMIC_ACQUIRE);
    if (used <= mask_ + 1 && mask_ + 1 - used >= size) {
      const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
      uint8_t* frame = producer_pages_.data() + page + (start & mask_);
      const uint32_t header[2] = {length, 0};
      memcpy(frame, header, sizeof header);
      memcpy(frame + kHeader, guest_->At(record), length);
      // A program sees the record when it sees the position.
      __atomic_store_n(producer, start + size, __ATOMIC_RELEASE);
      return 0;
    }
    if (timeout_ms == 0) return -ENOSPC;
    const int32_t room = WaitForRoom(deadline);
    if (room <= 0) return room == 0 ? -ENOSPC : room;
  }
}

int32_t UserRing::WaitForRoom(const Deadline& deadline) const {
  const WaitingTurn waiting(guest_->meter());
  pollfd entries[2] = {{guest_->stop_fd(), POLLIN, 0}, {fd_.get(), POLLOUT, 0}};
  const int count = deadline.Poll(entries, 2);
  if (count < 0) return -errno;
  if (entries[0].revents != 0) return -ECANCELED;
  return count;
}

void UserRing::Close() {
  fd_.Reset();
  consumer_page_.Reset();
  producer_pages_.Reset();
}

js::Value UserRing::ToJavaScript(napi_env env) const {
  js::Object object = ObjectOf(env, *this);
  SetNumbers<3, &UserRing::Submit>(&object, "submit");
  SetMethod<&UserRing::CloseFromJavaScript, Gone::kNothing>(&object, "close");
  return object;
}

js::Value UserRing::CloseFromJavaScript(const js::Call&) {
  Close();
  return {};
}

}  // namespace wbpf
