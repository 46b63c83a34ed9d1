// An attachment as JavaScript has it: see NativeLink in host/src/backend/kernel/native.ts.
#pragma once

#include <memory>

#include "attach/attachment.h"
#include "guest.h"
#include "js.h"
#include "table.h"

namespace wbpf {

class LinkHandle : public Numbered<LinkHandle> {
 public:
  LinkHandle(std::shared_ptr<Guest> guest, Attached attached)
      : guest_(std::move(guest)), attached_(std::move(attached)) {}

  js::Value ToJavaScript(napi_env env) const;
  // Detaches. The link is gone even if the kernel complains.
  int Close();
  bool attached() const { return attached_ != nullptr; }

 private:
  js::Value Destroy(const js::Call& info);
  js::Value Detach(const js::Call& info);
  js::Value Update(const js::Call& info);
  js::Value Pin(const js::Call& info);
  js::Value Info(const js::Call& info);
  int32_t Read(uint32_t buffer, uint32_t capacity);

  // The link's descriptor, or -1 after throwing EOPNOTSUPP (it has none) or EBADF (destroyed).
  int Descriptor(napi_env env) const;

  std::shared_ptr<Guest> guest_;
  Attached attached_;
  // Of an iterator, while it is read.
  UniqueFd iteration_;
};

}  // namespace wbpf
