#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

namespace wbpf {
namespace {

constexpr uint32_t kFlags = BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT;
constexpr uint32_t kHeader = BPF_RINGBUF_HDR_SZ;
// Headers that are looked at before their records are copied; their offsets fit in a few cache
// lines.
constexpr uint32_t kChunk = 512;

uint64_t FrameSize(uint32_t header) {
  return ((static_cast<uint64_t>(header & ~kFlags)) + kHeader + 7) & ~uint64_t{7};
}

uint32_t Header(const uint8_t* frame) {
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(frame), __ATOMIC_ACQUIRE);
}

}  // namespace

int Ring::Open(std::shared_ptr<Guest> guest, int fd, uint32_t entries,
               std::shared_ptr<Buffer>* buffer) {
  std::shared_ptr<Ring> opened(new Ring(std::move(guest)));
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  opened->consumer_page_ = Mapping::Shared(fd, 0, page, PROT_READ | PROT_WRITE);
  if (!opened->consumer_page_.valid()) return -errno;
  // The kernel maps the data pages twice in a row, so that a record that wraps around lies in one
  // piece.
  const size_t size = page + 2 * static_cast<size_t>(entries);
  opened->producer_pages_ = Mapping::Shared(fd, page, size, PROT_READ);
  if (!opened->producer_pages_.valid()) return -errno;

  opened->fd_ = fd;
  opened->mask_ = entries - 1;
  opened->consumer_ = reinterpret_cast<uint64_t*>(opened->consumer_page_.data());
  opened->producer_ = reinterpret_cast<const uint64_t*>(opened->producer_pages_.data());
  opened->data_ = opened->producer_pages_.data() + page;
  *buffer = std::move(opened);
  return 0;
}

void Ring::Close() {
  fd_ = -1;
  consumer_page_.Reset();
  producer_pages_.Reset();
}

Ring::State Ring::Look() const {
  const uint64_t consumer = *consumer_;
  if (consumer == __atomic_load_n(producer_, __ATOMIC_ACQUIRE)) return State::kEmpty;
  return Header(data_ + (consumer & mask_)) & BPF_RINGBUF_BUSY_BIT ? State::kBusy : State::kReady;
}

int32_t Ring::Copy(uint8_t* target, uint32_t capacity) {
  // Nobody else moves the consumer's position.
  const uint64_t start = *consumer_;
  const uint64_t available = __atomic_load_n(producer_, __ATOMIC_ACQUIRE) - start;
  // Only another reader of the same (pinned) map could bring this about.
  if (available > mask_ + 1) return -EIO;
  uint64_t skipped = 0;
  uint64_t written = 0;
  bool more = true;
  while (more) {
    uint32_t frames[kChunk];
    uint32_t count = 0;
    const uint64_t from = skipped + written;
    uint64_t chunk = 0;
    while (count < kChunk) {
      if (from + chunk >= available) {
        more = false;
        break;
      }
      const uint32_t header = Header(data_ + ((start + from + chunk) & mask_));
      if (header & BPF_RINGBUF_BUSY_BIT) {
        more = false;
        break;
      }
      const uint64_t size = FrameSize(header);
      if (from + chunk + size > available) return -EIO;
      if (written + chunk + size > capacity) {
        more = false;
        if (written + chunk > 0) break;
        if (header & BPF_RINGBUF_DISCARD_BIT) {
          // A discarded record that does not fit is no reason to ask for a larger buffer.
          skipped += size;
          more = true;
        } else if (skipped == 0) {
          pending_size_ = header & ~kFlags;
          return -ENOSPC;
        }
        break;
      }
      frames[count++] = static_cast<uint32_t>(written + chunk);
      chunk += size;
    }
    if (chunk == 0) continue;
    memcpy(target + written, data_ + ((start + from) & mask_), chunk);
    // The kernel's second word is its own page offset; the ABI's is 0. Stores by remembered offset
    // do not wait for one another as a second walk would.
    for (uint32_t i = 0; i < count; i++) {
      memset(target + frames[i] + sizeof(uint32_t), 0, sizeof(uint32_t));
    }
    written += chunk;
  }
  if (skipped + written > 0) {
    __atomic_store_n(consumer_, start + skipped + written, __ATOMIC_RELEASE);
  }
  return static_cast<int32_t>(written);
}

}  // namespace wbpf
