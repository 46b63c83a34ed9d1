#include "session.h"

#include <errno.h>

#include <algorithm>
#include <array>

#include "bind.h"
#include "failure.h"
#include "wait.h"

namespace wbpf {

Napi::Value Session::ToJavaScript(Napi::Env env) {
  const std::shared_ptr<Session> self = shared_from_this();
  Napi::Object object = Napi::Object::New(env);
  object.Set("bind", BindMethod<&Session::Bind>(env, "bind", self));
  object.Set("openObject", BindMethod<&Session::OpenObject>(env, "openObject", self));
  object.Set("openUserRing", BindMethod<&Session::OpenUserRing>(env, "openUserRing", self));
  object.Set("enableStats", BindMethod<&Session::EnableStats>(env, "enableStats", self));
  object.Set("wait", BindMethod<&Session::Wait>(env, "wait", self));
  object.Set("write", BindNumbers<3, &Session::Write>(env, "write", self));
  object.Set("close", BindMethod<&Session::CloseFromJavaScript>(env, "close", self));
  return object;
}

void Session::Close() {
  closed_ = true;
  for (const std::shared_ptr<Object>& object : objects_) object->Close();
  objects_.clear();
  for (const std::shared_ptr<LinkHandle>& link : held_) link->Close();
  held_.clear();
  for (const std::weak_ptr<UserRing>& weak : user_rings_) {
    if (const std::shared_ptr<UserRing> ring = weak.lock()) ring->Close();
  }
  user_rings_.clear();
  writer_.Close();
  if (guest_->meter()) guest_->meter()->Settle();
  guest_->Bind(nullptr, 0);
  guest_->Unpin();
}

Napi::Value Session::CloseFromJavaScript(const Napi::CallbackInfo& info) {
  Close();
  return info.Env().Undefined();
}

Napi::Value Session::Bind(const Napi::CallbackInfo& info) {
  if (closed_) return info.Env().Undefined();
  Napi::ArrayBuffer buffer = info[0].As<Napi::ArrayBuffer>();
  if (!guest_->Bind(static_cast<uint8_t*>(buffer.Data()), buffer.ByteLength())) {
    Napi::Error::New(info.Env(),
                     "the module's memory moved when it grew, and the live maps in it were lost")
        .ThrowAsJavaScriptException();
  }
  return info.Env().Undefined();
}

Napi::Value Session::OpenObject(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed_) {
    Throw(env, "open", EBADF);
    return env.Undefined();
  }
  const Napi::Uint8Array view = info[0].As<Napi::Uint8Array>();
  // A copy of our own, aligned: the module's memory is not libbpf's to keep, and an ELF file in it
  // stands anywhere.
  const std::vector<uint8_t> bytes(view.Data(), view.Data() + view.ElementLength());
  OpenRequest request;
  request.name = info[1].ToString().Utf8Value();
  request.log_level = info[2].ToNumber().Uint32Value();
  request.pin_root = info[3].ToString().Utf8Value();
  UniqueObject opened = wbpf::OpenObject(env, bytes, request);
  if (!opened) return env.Undefined();

  auto object = std::make_shared<Object>(guest_, std::move(opened));
  objects_.erase(
      std::remove_if(objects_.begin(), objects_.end(),
                     [](const std::shared_ptr<Object>& other) { return !other->open(); }),
      objects_.end());
  objects_.push_back(object);
  return object->ToJavaScript(env);
}

Napi::Value Session::OpenUserRing(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::shared_ptr<UserRing> ring;
  const int error =
      closed_ ? -EBADF : UserRing::Open(guest_, info[0].ToNumber().Int32Value(), &ring);
  if (error < 0) {
    Throw(env, "openUserRing", error);
    return env.Undefined();
  }
  user_rings_.erase(
      std::remove_if(user_rings_.begin(), user_rings_.end(),
                     [](const std::weak_ptr<UserRing>& other) { return other.expired(); }),
      user_rings_.end());
  user_rings_.push_back(ring);
  return UserRing::ToJavaScript(env, ring);
}

Napi::Value Session::EnableStats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  UniqueFd stats(closed_ ? -1 : Lib().bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!stats.valid()) {
    Throw(env, "stats", closed_ ? EBADF : errno);
    return env.Undefined();
  }
  auto link =
      std::make_shared<LinkHandle>(guest_, std::make_unique<HeldDescriptor>(std::move(stats)));
  held_.erase(
      std::remove_if(held_.begin(), held_.end(),
                     [](const std::shared_ptr<LinkHandle>& other) { return !other->attached(); }),
      held_.end());
  held_.push_back(link);
  return LinkHandle::ToJavaScript(env, link);
}

// A module may be in a loop around this when its Worker is terminated. From then on everything that
// could run JavaScript fails, and node-addon-api would end the process for it: so only calls that
// cannot fail for that, and one that is checked.
Napi::Value Session::Wait(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto answer = [&](int32_t result) { return Napi::Number::New(env, result); };
  const Napi::Array tokens = info[0].As<Napi::Array>();
  Napi::Int32Array ready = info[1].As<Napi::Int32Array>();
  const Deadline deadline(info[2].As<Napi::Number>().Int32Value());

  const uint32_t count = tokens.Length();
  std::array<Buffer*, kMostBuffers> buffers;
  if (count > buffers.size() || ready.ElementLength() < count) return answer(-EINVAL);
  for (uint32_t i = 0; i < count; i++) {
    napi_value token = nullptr;
    if (napi_get_element(env, tokens, i, &token) != napi_ok) return answer(-ECANCELED);
    buffers[i] = Buffer::FromToken(Napi::Value(env, token));
    if (!buffers[i] || !buffers[i]->open()) return answer(-EBADF);
  }
  const WaitingTurn waiting(guest_->meter());
  if (guest_->StopRequested()) return answer(-ECANCELED);
  return answer(WaitForBuffers(*guest_, buffers.data(), count, ready.Data(), deadline));
}

int32_t Session::Write(uint32_t fd, uint32_t pointer, uint32_t length) {
  if (closed_) return -EBADF;
  if (!guest_->Contains(pointer, length)) return -EFAULT;
  return writer_.Write(*guest_, static_cast<int>(fd), guest_->At(pointer), length);
}

}  // namespace wbpf
