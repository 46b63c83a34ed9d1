#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

namespace wbpf {
namespace {

constexpr uint32_t kFlags = BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT;
constexpr uint32_t kHeader = BPF_RINGBUF_HDR_SZ;
// Frames up to this size are copied one by one, word by word, which a call of memcpy would only
// delay; larger ones many at once. Measured: docs/performance.md.
constexpr uint64_t kSmallFrame = 136;

uint64_t FrameSize(uint32_t header) {
  return ((static_cast<uint64_t>(header & ~kFlags)) + kHeader + 7) & ~uint64_t{7};
}

uint32_t Header(const uint8_t* frame) {
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(frame), __ATOMIC_ACQUIRE);
}

// The kernel's second word is its own page offset; the ABI's is 0.
void StoreHeader(uint8_t* frame, uint32_t header) {
  const uint64_t words = header;
  memcpy(frame, &words, sizeof words);
}

// `size` is a multiple of 8.
void CopyWords(uint8_t* target, const uint8_t* from, uint64_t size) {
  for (uint64_t at = 0; at < size; at += sizeof(uint64_t)) {
    memcpy(target + at, from + at, sizeof(uint64_t));
    // Keeps the compiler from making a call of memcpy out of the loop.
    asm volatile("" ::: "memory");
  }
}

// Copies the first frame, whose header has been seen, and those after it as long as their headers
// are the same, they end within `room` bytes and there are `*most` at most, from which it takes
// those that it copied. The place of the next frame is then known before
// its header is read, so that the processor need not wait for one header after the other. Returns
// the bytes copied.
uint64_t CopyRun(uint8_t* target, const uint8_t* from, uint32_t header, uint64_t size,
                 uint64_t room, uint32_t* most) {
  uint64_t length = 0;
  uint32_t left = *most;
  if (size <= kSmallFrame) {
    do {
      StoreHeader(target + length, header);
      CopyWords(target + length + kHeader, from + length + kHeader, size - kHeader);
      length += size;
    } while (--left > 0 && length + size <= room && Header(from + length) == header);
    *most = left;
    return length;
  }
  do {
    length += size;
  } while (--left > 0 && length + size <= room && Header(from + length) == header);
  *most = left;
  memcpy(target, from, length);
  for (uint64_t at = 0; at < length; at += size) StoreHeader(target + at, header);
  return length;
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

uint64_t Ring::Waiting() const { return __atomic_load_n(producer_, __ATOMIC_ACQUIRE) - *consumer_; }

int32_t Ring::Copy(uint8_t* target, uint32_t capacity, uint32_t* most) {
  // Nobody else moves the consumer's position.
  const uint64_t start = *consumer_;
  const uint64_t available = __atomic_load_n(producer_, __ATOMIC_ACQUIRE) - start;
  // Only another reader of the same (pinned) map could bring this about.
  if (available > mask_ + 1) return -EIO;
  uint64_t skipped = 0;
  uint64_t written = 0;
  for (;;) {
    const uint64_t left = available - skipped - written;
    if (left == 0 || *most == 0) break;
    const uint8_t* from = data_ + ((start + skipped + written) & mask_);
    const uint32_t header = Header(from);
    if (header & BPF_RINGBUF_BUSY_BIT) break;
    const uint64_t size = FrameSize(header);
    if (size > left) return -EIO;
    const uint64_t room = capacity - written;
    if (size <= room) {
      written += CopyRun(target + written, from, header, size, std::min(left, room), most);
      continue;
    }
    if (written > 0) break;
    if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
      if (skipped > 0) break;
      pending_size_ = header & ~kFlags;
      return -ENOSPC;
    }
    // A discarded record that does not fit is no reason to ask for a larger buffer.
    skipped += size;
  }
  if (skipped + written > 0) {
    __atomic_store_n(consumer_, start + skipped + written, __ATOMIC_RELEASE);
  }
  return static_cast<int32_t>(written);
}

}  // namespace wbpf
