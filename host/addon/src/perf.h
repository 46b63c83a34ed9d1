// The perf buffers of a BPF_MAP_TYPE_PERF_EVENT_ARRAY, one for each CPU, read in batches. Layout:
// struct perf_event_mmap_page and PERF_RECORD_* in include/uapi/linux/perf_event.h.
#pragma once

#include <vector>

#include "buffer.h"
#include "fd.h"
#include "mapping.h"

struct perf_event_mmap_page;

namespace wbpf {

class Perf : public Buffer {
 public:
  // `cpus` is the map's size: events of CPUs beyond it go nowhere. See Buffer::Open.
  static int Open(std::shared_ptr<Guest> guest, int fd, uint32_t cpus, const BufferOptions& options,
                  std::shared_ptr<Buffer>* buffer);
  ~Perf() override { Close(); }

  int fd() const override { return epoll_.get(); }
  void Close() override;
  State Look() const override;

 private:
  // What one CPU writes.
  struct Ring {
    uint32_t cpu;
    UniqueFd event;
    Mapping pages;
    perf_event_mmap_page* control;
  };

  Perf(std::shared_ptr<Guest> guest, const BufferOptions& options);

  uint64_t Waiting() const override;
  int AddCpu(uint32_t cpu);
  int32_t Copy(uint8_t* target, uint32_t capacity, uint32_t* most) override;
  // Adds whole records of one CPU behind `written` bytes, `*most` at most. Returns the bytes
  // written in all. Sets `full` when the next did not fit.
  uint32_t CopyRing(const Ring& ring, uint8_t* target, uint32_t capacity, uint32_t written,
                    uint32_t* most, bool* full);

  BufferOptions options_;
  UniqueFd epoll_;
  // Of the map: not ours to close.
  int map_ = -1;
  std::vector<Ring> rings_;
  // Where the next batch begins, so that a busy CPU does not keep the others waiting.
  size_t next_ = 0;
};

}  // namespace wbpf
