// A BPF ring buffer, read in batches straight into a module's memory. Layout: kernel/bpf/ringbuf.c
// and BPF_RINGBUF_* in include/uapi/linux/bpf.h.
#pragma once

#include <cstdint>
#include <memory>

#include "buffer.h"
#include "mapping.h"

namespace wbpf {

class Ring : public Buffer {
 public:
  // `entries` is the map's max_entries. See Buffer::Open.
  static int Open(std::shared_ptr<Guest> guest, int fd, uint32_t entries,
                  std::shared_ptr<Buffer>* buffer);

  int fd() const override { return fd_; }
  void Close() override;
  State Look() const override;

 private:
  uint64_t Waiting() const override;
  explicit Ring(std::shared_ptr<Guest> guest) : Buffer(std::move(guest)) {}

  int32_t Copy(uint8_t* target, uint32_t capacity, uint32_t* most) override;

  int fd_ = -1;
  uint64_t mask_ = 0;
  Mapping consumer_page_;
  Mapping producer_pages_;
  uint64_t* consumer_ = nullptr;
  const uint64_t* producer_ = nullptr;
  const uint8_t* data_ = nullptr;
};

}  // namespace wbpf
