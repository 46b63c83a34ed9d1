// Everything that one module instance opened.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "guest.h"
#include "object.h"
#include "user_ring.h"
#include "writer.h"

namespace wbpf {

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(UniqueFd stop, std::shared_ptr<Meter> meter)
      : guest_(std::make_shared<Guest>(std::move(stop), std::move(meter))) {}
  ~Session() { Close(); }

  // See NativeSession in host/src/backend/kernel/native.ts.
  Napi::Value ToJavaScript(Napi::Env env);
  // Detaches and closes everything, in whatever order JavaScript's values die.
  void Close();

 private:
  Napi::Value Bind(const Napi::CallbackInfo& info);
  Napi::Value OpenObject(const Napi::CallbackInfo& info);
  Napi::Value OpenUserRing(const Napi::CallbackInfo& info);
  Napi::Value EnableStats(const Napi::CallbackInfo& info);
  Napi::Value Wait(const Napi::CallbackInfo& info);
  Napi::Value CloseFromJavaScript(const Napi::CallbackInfo& info);
  int32_t Write(uint32_t fd, uint32_t pointer, uint32_t length);

  std::shared_ptr<Guest> guest_;
  std::vector<std::shared_ptr<Object>> objects_;
  // What is held for the module beside its objects.
  std::vector<std::shared_ptr<LinkHandle>> held_;
  std::vector<std::weak_ptr<UserRing>> user_rings_;
  Writer writer_;
  bool closed_ = false;
};

}  // namespace wbpf
