#include "buffer.h"

#include <errno.h>
#include <linux/bpf.h>

#include <algorithm>

#include "bind.h"
#include "map.h"
#include "perf.h"
#include "ring.h"
#include "wait.h"

namespace wbpf {
namespace {

constexpr uint32_t kHeader = BPF_RINGBUF_HDR_SZ;
// The largest multiple of 8 that fits in the i32 that poll returns.
constexpr uint32_t kLargestBatch = 0x7ffffff8;

}  // namespace

int Buffer::Open(std::shared_ptr<Guest> guest, int fd, const BufferOptions& options,
                 std::shared_ptr<Buffer>* buffer) {
  MapFacts facts;
  const int error = ReadMapFacts(fd, &facts);
  if (error < 0) return error;
  switch (facts.type) {
    case BPF_MAP_TYPE_RINGBUF:
      if (options.pages || options.wakeup_events || options.watermark) return -EINVAL;
      return Ring::Open(std::move(guest), fd, facts.max_entries, buffer);
    case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
      return Perf::Open(std::move(guest), fd, facts.max_entries, options, buffer);
    default:
      return -EINVAL;
  }
}

int32_t Buffer::Poll(uint32_t buffer, uint32_t capacity, uint32_t timeout_ms) {
  if (!open()) return -EBADF;
  if (buffer % 8 != 0 || capacity < kHeader) return -EINVAL;
  if (!guest_->Contains(buffer, capacity)) return -EFAULT;
  const WaitingTurn waiting(guest_->meter());
  if (guest_->StopRequested()) return -ECANCELED;

  uint8_t* target = guest_->At(buffer);
  capacity = std::min(capacity, kLargestBatch);
  const Deadline deadline(static_cast<int32_t>(timeout_ms));
  for (;;) {
    const int32_t copied = CopyAllowed(target, capacity);
    if (copied != 0) return copied;
    // What was there may have been discarded and too large: then there may be more already. Unless
    // it is the meter that holds it back.
    if (Look() == State::kReady && !HeldBack(*guest_)) continue;
    if (timeout_ms == 0) return 0;
    Buffer* self = this;
    int32_t ready = 0;
    const int32_t count = WaitForBuffers(*guest_, &self, 1, &ready, deadline);
    if (count <= 0) return count;
  }
}

int32_t Buffer::CopyAllowed(uint8_t* target, uint32_t capacity) {
  Meter* const meter = guest_->meter();
  if (!meter) {
    uint32_t most = Meter::kNoBound;
    return Copy(target, capacity, &most);
  }
  const uint32_t allowed = meter->Allowance();
  if (allowed == 0) {
    if (Look() == State::kReady) meter->NoteThrottled();
    return 0;
  }
  uint32_t most = allowed;
  const int32_t copied = Copy(target, capacity, &most);
  meter->Took(allowed - most);
  return copied;
}

int32_t Buffer::Available() {
  if (!open()) return -EBADF;
  return static_cast<int32_t>(std::min<uint64_t>(Waiting(), INT32_MAX));
}

js::Value Buffer::ToJavaScript(napi_env env) const {
  js::Object object = ObjectOf(env, *this);
  SetNumbers<3, &Buffer::Poll>(&object, "poll");
  SetNumbers<0, &Buffer::PendingSize>(&object, "pendingSize");
  SetNumbers<0, &Buffer::Available>(&object, "available");
  SetNumbers<0, &Buffer::Descriptor>(&object, "descriptor");
  SetMethod<&Buffer::CloseFromJavaScript, Gone::kNothing>(&object, "close");
  return object;
}

js::Value Buffer::CloseFromJavaScript(const js::Call&) {
  Close();
  return {};
}

}  // namespace wbpf
