// What a BPF program fills and a module reads in batches: a ring buffer, or perf buffers. The
// frames are those of docs/abi.md, whichever it is.
#pragma once

#include <cstdint>
#include <memory>

#include "guest.h"
#include "js.h"
#include "table.h"

namespace wbpf {

// Of perf buffers; a ring buffer has none. 0: as Perf takes it.
struct BufferOptions {
  // Of data for each CPU: a power of two.
  uint32_t pages = 0;
  // Records, or bytes if it is not 0, of one CPU that wake the reader.
  uint32_t wakeup_events = 0;
  uint32_t watermark = 0;
};

class Buffer : public Numbered<Buffer> {
 public:
  virtual ~Buffer() = default;

  // Opens the map behind `fd`, which stays the map's. Returns 0, or a negative errno: -EINVAL for a
  // map that is not a buffer, or for options that are not for it.
  static int Open(std::shared_ptr<Guest> guest, int fd, const BufferOptions& options,
                  std::shared_ptr<Buffer>* buffer);

  // As buffer_poll in docs/abi.md. A stop wins over records that wait: under a flood they would
  // never end.
  int32_t Poll(uint32_t buffer, uint32_t capacity, uint32_t timeout_ms);
  // Bytes that wait to be read, headers and all.
  int32_t Available();
  // Payload bytes of the record that gave -ENOSPC.
  int32_t PendingSize() { return static_cast<int32_t>(pending_size_); }

  // See NativeRing in host/src/backend/kernel/native.ts.
  js::Value ToJavaScript(napi_env env) const;

  // Readable when there may be records.
  virtual int fd() const = 0;
  bool open() const { return fd() >= 0; }
  int32_t Descriptor() { return fd(); }
  virtual void Close() = 0;

  enum class State { kEmpty, kBusy, kReady };
  // Busy: the first record was reserved, and is still being written.
  virtual State Look() const = 0;

 protected:
  explicit Buffer(std::shared_ptr<Guest> guest) : guest_(std::move(guest)) {}

  virtual uint64_t Waiting() const = 0;
  // Copies whole records to `target`, `*most` of them at most, from which it takes those that it
  // copied. Returns the bytes written, 0 if there is none, or -ENOSPC.
  virtual int32_t Copy(uint8_t* target, uint32_t capacity, uint32_t* most) = 0;

  uint32_t pending_size_ = 0;

 private:
  // Copy, as far as the meter lets it.
  int32_t CopyAllowed(uint8_t* target, uint32_t capacity);
  js::Value CloseFromJavaScript(const js::Call& info);

  std::shared_ptr<Guest> guest_;
};

}  // namespace wbpf
