#include "perf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "map.h"
#include "syscall.h"

namespace wbpf {
namespace {

// Of data for each CPU; the control page comes on top. What tools written with libbpf usually take.
constexpr uint32_t kPages = 64;
// A page each of 1 GiB of buffers.
constexpr uint32_t kMostPages = 1 << 18;
// Bytes of a frame's header, and its two flags: docs/abi.md.
constexpr uint32_t kHeader = BPF_RINGBUF_HDR_SZ;
constexpr uint32_t kSkip = BPF_RINGBUF_DISCARD_BIT;
// Before the payload of a PERF_RECORD_SAMPLE with PERF_SAMPLE_RAW: the header and a u32 size.
constexpr uint64_t kSamplePrefix = sizeof(perf_event_header) + sizeof(uint32_t);
// Before the count in a PERF_RECORD_LOST: the header and a u64 id.
constexpr uint64_t kLostPrefix = sizeof(perf_event_header) + sizeof(uint64_t);

// Payloads up to this size are copied by few words at a time, which a call of memcpy would only
// delay.
constexpr uint32_t kSmallPayload = 128;

size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// Bytes of the ring from any position, which may wrap around.
void Read(const uint8_t* data, uint64_t size, uint64_t position, void* target, uint64_t length) {
  const uint64_t start = position & (size - 1);
  const uint64_t first = std::min(length, size - start);
  memcpy(target, data + start, first);
  memcpy(static_cast<uint8_t*>(target) + first, data, length - first);
}

// The first words of a sample that lies in one piece.
struct SampleStart {
  // The header as one number, to be compared.
  uint64_t header;
  uint32_t length;

  explicit SampleStart(const uint8_t* sample) {
    memcpy(&header, sample, sizeof header);
    memcpy(&length, sample + sizeof header, sizeof length);
  }
};

void CopyPayload(uint8_t* target, const uint8_t* from, uint32_t length) {
  if (length > kSmallPayload) {
    memcpy(target, from, length);
    return;
  }
  const auto chunks = [&](auto chunk) {
    for (; length >= sizeof chunk; length -= sizeof chunk) {
      memcpy(target, from, sizeof chunk);
      // Keeps the compiler from making a call of memcpy out of the loop.
      asm volatile("" ::: "memory");
      target += sizeof chunk;
      from += sizeof chunk;
    }
  };
  chunks(std::array<uint64_t, 4>());
  chunks(uint64_t());
  // What the kernel's padding leaves: its records are multiples of 8 and payloads begin at 12.
  if (length == sizeof(uint32_t)) {
    memcpy(target, from, sizeof(uint32_t));
  } else {
    memcpy(target, from, length);
  }
}

// Makes frames of `count` bytes of samples in one piece, the first of which is `size` bytes long
// with a payload of `length`, as long as they are like the first one, fit into `room` and are
// `most` at most. Returns how many they were. Most are alike, and then the processor need not wait
// for one header to know where the next begins.
uint32_t CopyRun(const uint8_t* from, uint64_t count, uint32_t size, uint32_t length,
                 uint8_t* target, uint32_t frame, uint32_t room, uint32_t cpu, uint32_t most) {
  const SampleStart first(from);
  const uint64_t words = length | static_cast<uint64_t>(cpu) << 32;
  uint32_t samples = 0;
  for (;;) {
    memcpy(target, &words, sizeof words);
    // Before the payload, which covers all of it but its padding.
    memset(target + frame - sizeof(uint64_t), 0, frame > kHeader ? sizeof(uint64_t) : 0);
    CopyPayload(target + kHeader, from + kSamplePrefix, length);
    samples++;
    from += size;
    target += frame;
    count -= size;
    room -= frame;
    if (samples == most || count < size || room < frame) return samples;
    const SampleStart next(from);
    if (next.header != first.header || next.length != first.length) return samples;
  }
}

}  // namespace

Perf::Perf(std::shared_ptr<Guest> guest, const BufferOptions& options)
    : Buffer(std::move(guest)), options_(options) {
  if (options_.pages == 0) options_.pages = kPages;
  if (options_.wakeup_events == 0) options_.wakeup_events = 1;
}

int Perf::Open(std::shared_ptr<Guest> guest, int fd, uint32_t cpus, const BufferOptions& options,
               std::shared_ptr<Buffer>* buffer) {
  const uint32_t pages = options.pages;
  if ((pages & (pages - 1)) != 0 || pages > kMostPages) return -EINVAL;
  std::shared_ptr<Perf> opened(new Perf(std::move(guest), options));
  opened->map_ = fd;
  opened->epoll_.Reset(epoll_create1(EPOLL_CLOEXEC));
  if (!opened->epoll_.valid()) return -errno;
  cpus = std::min(cpus, PossibleCpus());
  for (uint32_t cpu = 0; cpu < cpus; cpu++) {
    const int error = opened->AddCpu(cpu);
    // A CPU that is possible but not online has no events.
    if (error < 0 && error != -ENODEV) return error;
  }
  if (opened->rings_.empty()) return -ENODEV;
  *buffer = std::move(opened);
  return 0;
}

int Perf::AddCpu(uint32_t cpu) {
  perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_BPF_OUTPUT;
  attributes.sample_type = PERF_SAMPLE_RAW;
  attributes.sample_period = 1;
  if (options_.watermark > 0) {
    attributes.watermark = 1;
    attributes.wakeup_watermark = options_.watermark;
  } else {
    attributes.wakeup_events = options_.wakeup_events;
  }
  Ring ring;
  ring.cpu = cpu;
  ring.event.Reset(static_cast<int>(syscall(__NR_perf_event_open, &attributes, -1,
                                            static_cast<int>(cpu), -1, PERF_FLAG_FD_CLOEXEC)));
  if (!ring.event.valid()) return -errno;
  // Writable, so that the kernel minds the tail and overwrites nothing that was not read.
  ring.pages = Mapping::Shared(ring.event.get(), 0, (size_t{options_.pages} + 1) * PageSize(),
                               PROT_READ | PROT_WRITE);
  if (!ring.pages.valid()) return -errno;
  ring.control = reinterpret_cast<perf_event_mmap_page*>(ring.pages.data());

  epoll_event interest{};
  interest.events = EPOLLIN;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, ring.event.get(), &interest) < 0) return -errno;
  uint32_t value = static_cast<uint32_t>(ring.event.get());
  MapElement element{static_cast<uint32_t>(map_), 0, reinterpret_cast<uint64_t>(&cpu),
                     reinterpret_cast<uint64_t>(&value), BPF_ANY};
  const int error = Bpf(BPF_MAP_UPDATE_ELEM, &element);
  if (error < 0) return error;
  rings_.push_back(std::move(ring));
  return 0;
}

void Perf::Close() {
  for (Ring& ring : rings_) {
    MapElement element{static_cast<uint32_t>(map_), 0, reinterpret_cast<uint64_t>(&ring.cpu), 0, 0};
    Bpf(BPF_MAP_DELETE_ELEM, &element);
  }
  rings_.clear();
  epoll_.Reset();
  map_ = -1;
}

Buffer::State Perf::Look() const {
  for (const Ring& ring : rings_) {
    if (__atomic_load_n(&ring.control->data_head, __ATOMIC_ACQUIRE) != ring.control->data_tail) {
      return State::kReady;
    }
  }
  return State::kEmpty;
}

uint64_t Perf::Waiting() const {
  uint64_t bytes = 0;
  for (const Ring& ring : rings_) {
    bytes += __atomic_load_n(&ring.control->data_head, __ATOMIC_ACQUIRE) - ring.control->data_tail;
  }
  return bytes;
}

int32_t Perf::Copy(uint8_t* target, uint32_t capacity, uint32_t* most) {
  uint32_t written = 0;
  bool full = false;
  const size_t first = next_;
  for (size_t i = 0; i < rings_.size() && !full && *most > 0; i++) {
    next_ = (first + i) % rings_.size();
    written = CopyRing(rings_[next_], target, capacity, written, most, &full);
  }
  if (full) return written > 0 ? static_cast<int32_t>(written) : -ENOSPC;
  next_ = (first + 1) % rings_.size();
  return static_cast<int32_t>(written);
}

uint32_t Perf::CopyRing(const Ring& ring, uint8_t* target, uint32_t capacity, uint32_t written,
                        uint32_t* most, bool* full) {
  const uint8_t* data = ring.pages.data() + PageSize();
  const uint64_t size = uint64_t{options_.pages} * PageSize();
  // Nobody else moves the tail.
  uint64_t tail = ring.control->data_tail;
  const uint64_t head = __atomic_load_n(&ring.control->data_head, __ATOMIC_ACQUIRE);
  while (*most > 0 && tail < head) {
    perf_event_header header;
    Read(data, size, tail, &header, sizeof header);
    // Only another reader of the same map could bring this about; nothing behind it can be read.
    if (header.size < sizeof header || header.size > head - tail) {
      tail = head;
      break;
    }
    uint64_t from = 0;
    uint32_t length = 0;
    uint32_t flags = 0;
    if (header.type == PERF_RECORD_SAMPLE && header.size >= kSamplePrefix) {
      Read(data, size, tail + sizeof header, &length, sizeof length);
      from = tail + kSamplePrefix;
      length = std::min(length, static_cast<uint32_t>(header.size - kSamplePrefix));
    } else if (header.type == PERF_RECORD_LOST && header.size >= kLostPrefix + sizeof(uint64_t)) {
      length = sizeof(uint64_t);
      from = tail + kLostPrefix;
      flags = kSkip;
    } else {
      tail += header.size;
      continue;
    }
    const uint32_t frame = (length + kHeader + 7) & ~uint32_t{7};
    if (frame > capacity - written) {
      pending_size_ = length;
      *full = true;
      break;
    }
    uint8_t* to = target + written;
    const uint64_t start = tail & (size - 1);
    const uint64_t piece = std::min(head - tail, size - start);
    if (flags == 0 && header.size <= piece) {
      const uint32_t samples = CopyRun(data + start, piece, header.size, length, to, frame,
                                       capacity - written, ring.cpu, *most);
      written += samples * frame;
      *most -= samples;
      tail += uint64_t{samples} * header.size;
      continue;
    }
    const uint32_t words[2] = {length | flags, ring.cpu};
    memcpy(to, words, sizeof words);
    Read(data, size, from, to + kHeader, length);
    memset(to + kHeader + length, 0, frame - kHeader - length);
    written += frame;
    --*most;
    tail += header.size;
  }
  __atomic_store_n(&ring.control->data_tail, tail, __ATOMIC_RELEASE);
  return written;
}

}  // namespace wbpf
