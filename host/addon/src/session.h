// Everything that one module instance opened.
#pragma once

#include <memory>
#include <vector>

#include "guest.h"
#include "js.h"
#include "kernel_types.h"
#include "object.h"
#include "user_ring.h"
#include "writer.h"

namespace wbpf {

class Session : public Numbered<Session> {
 public:
  Session(UniqueFd stop, std::shared_ptr<Meter> meter)
      : guest_(std::make_shared<Guest>(std::move(stop), std::move(meter))) {}
  ~Session() { Close(); }

  // See NativeSession in host/src/backend/kernel/native.ts.
  js::Value ToJavaScript(napi_env env) const;
  // Detaches and closes everything, in whatever order JavaScript's values die.
  void Close();
  bool closed() const { return closed_; }

 private:
  js::Value Bind(const js::Call& info);
  js::Value OpenObject(const js::Call& info);
  js::Value OpenUserRing(const js::Call& info);
  js::Value EnableStats(const js::Call& info);
  js::Value OpenLink(const js::Call& info);
  js::Value FindType(const js::Call& info);
  js::Value Wait(const js::Call& info);
  js::Value CloseFromJavaScript(const js::Call& info);
  int32_t Write(uint32_t fd, uint32_t pointer, uint32_t length);

  // Gives a link to JavaScript, which no object holds.
  js::Value Keep(napi_env env, Attached attached);

  std::shared_ptr<Guest> guest_;
  std::vector<std::shared_ptr<Object>> objects_;
  // What is held for the module beside its objects.
  std::vector<std::shared_ptr<LinkHandle>> held_;
  std::vector<std::shared_ptr<UserRing>> user_rings_;
  KernelTypes types_;
  Writer writer_;
  bool closed_ = false;
};

}  // namespace wbpf
