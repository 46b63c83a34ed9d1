// A BPF_MAP_TYPE_USER_RINGBUF, filled by a module and drained by BPF programs (Linux 6.1).
#pragma once

#include <cstdint>
#include <memory>

#include "deadline.h"
#include "fd.h"
#include "guest.h"
#include "js.h"
#include "mapping.h"
#include "table.h"

namespace wbpf {

class UserRing : public Numbered<UserRing> {
 public:
  // Returns 0, or a negative errno: -EINVAL for another map.
  static int Open(std::shared_ptr<Guest> guest, int fd, std::shared_ptr<UserRing>* ring);

  // As user_buffer_submit in docs/abi.md.
  int32_t Submit(uint32_t record, uint32_t length, uint32_t timeout_ms);
  void Close();
  // See NativeUserRing in host/src/backend/kernel/native.ts.
  js::Value ToJavaScript(napi_env env) const;
  bool open() const { return fd_.valid(); }

 private:
  explicit UserRing(std::shared_ptr<Guest> guest) : guest_(std::move(guest)) {}

  // Waits for a program to drain. 1, 0 on timeout, or a negative errno.
  int32_t WaitForRoom(const Deadline& deadline) const;
  js::Value CloseFromJavaScript(const js::Call& info);

  std::shared_ptr<Guest> guest_;
  // A duplicate of the map's.
  UniqueFd fd_;
  Mapping consumer_page_;
  Mapping producer_pages_;
  uint64_t mask_ = 0;
};

}  // namespace wbpf
