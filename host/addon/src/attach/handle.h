// An attachment as JavaScript has it: see NativeLink in host/src/backend/kernel/native.ts.
#pragma once

#include <napi.h>

#include <memory>

#include "attach/attachment.h"
#include "guest.h"

namespace wbpf {

class LinkHandle {
 public:
  LinkHandle(std::shared_ptr<Guest> guest, Attached attached)
      : guest_(std::move(guest)), attached_(std::move(attached)) {}

  static Napi::Value ToJavaScript(Napi::Env env, const std::shared_ptr<LinkHandle>& handle);
  // Detaches. The link is gone even if the kernel complains.
  int Close();
  bool attached() const { return attached_ != nullptr; }

 private:
  Napi::Value Destroy(const Napi::CallbackInfo& info);
  Napi::Value Detach(const Napi::CallbackInfo& info);
  Napi::Value Update(const Napi::CallbackInfo& info);
  Napi::Value Pin(const Napi::CallbackInfo& info);
  Napi::Value Info(const Napi::CallbackInfo& info);
  int32_t Read(uint32_t buffer, uint32_t capacity);

  // The link's descriptor, or -1 after throwing EOPNOTSUPP (it has none) or EBADF (destroyed).
  int Descriptor(Napi::Env env) const;

  std::shared_ptr<Guest> guest_;
  Attached attached_;
  // Of an iterator, while it is read.
  UniqueFd iteration_;
};

}  // namespace wbpf
