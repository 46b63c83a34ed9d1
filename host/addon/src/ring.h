// A BPF ring buffer, read in batches straight into a module's memory. Layout: kernel/bpf/ringbuf.c
// and BPF_RINGBUF_* in include/uapi/linux/bpf.h.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>

#include "guest.h"
#include "mapping.h"

namespace wbpf {

class Ring {
 public:
  // `fd` stays the map's. Returns 0, or a negative errno: -EINVAL for a map that is no ring buffer.
  static int Open(std::shared_ptr<Guest> guest, int fd, std::shared_ptr<Ring>* ring);

  // As buffer_poll in docs/abi.md. A stop wins over records that wait: under a flood they would
  // never end.
  int32_t Poll(uint32_t buffer, uint32_t capacity, uint32_t timeout_ms);
  // Payload bytes of the record that gave -ENOSPC.
  int32_t PendingSize() { return static_cast<int32_t>(pending_size_); }

  // See NativeRing in host/src/backend/kernel/native.ts.
  static Napi::Value ToJavaScript(Napi::Env env, const std::shared_ptr<Ring>& ring);
  // The ring behind a NativeRing's token.
  static Ring* FromToken(const Napi::Value& token);

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void Close();

  enum class State { kEmpty, kBusy, kReady };
  // Busy: the first record was reserved, and is still being written.
  State Look() const;

 private:
  explicit Ring(std::shared_ptr<Guest> guest) : guest_(std::move(guest)) {}

  Napi::Value CloseFromJavaScript(const Napi::CallbackInfo& info);

  // Copies whole records to `target`. Returns the bytes written, 0 if there is none, or -ENOSPC.
  int32_t Copy(uint8_t* target, uint32_t capacity);

  std::shared_ptr<Guest> guest_;
  int fd_ = -1;
  uint64_t mask_ = 0;
  uint32_t pending_size_ = 0;
  Mapping consumer_page_;
  Mapping producer_pages_;
  uint64_t* consumer_ = nullptr;
  const uint64_t* producer_ = nullptr;
  const uint8_t* data_ = nullptr;
};

}  // namespace wbpf
