#include "session.h"

#include <errno.h>

#include <algorithm>
#include <array>

#include "bind.h"
#include "control.h"
#include "failure.h"
#include "wait.h"

namespace wbpf {

js::Value Session::ToJavaScript(napi_env env) const {
  js::Object object = ObjectOf(env, *this);
  SetMethod<&Session::Bind>(&object, "bind");
  SetMethod<&Session::OpenObject>(&object, "openObject");
  SetMethod<&Session::OpenUserRing>(&object, "openUserRing");
  SetMethod<&Session::EnableStats>(&object, "enableStats");
  SetMethod<&Session::OpenLink>(&object, "openLink");
  SetMethod<&Session::FindType>(&object, "findType");
  SetMethod<&Session::Wait>(&object, "wait");
  SetNumbers<3, &Session::Write>(&object, "write");
  SetMethod<&Session::CloseFromJavaScript, Gone::kNothing>(&object, "close");
  return object;
}

void Session::Close() {
  closed_ = true;
  for (const std::shared_ptr<Object>& object : objects_) object->Close();
  objects_.clear();
  for (const std::shared_ptr<LinkHandle>& link : held_) link->Close();
  held_.clear();
  for (const std::shared_ptr<UserRing>& ring : user_rings_) ring->Close();
  user_rings_.clear();
  types_.Close();
  writer_.Close();
  if (guest_->meter()) guest_->meter()->Settle();
  guest_->Bind(nullptr, 0);
  guest_->Unpin();
}

js::Value Session::CloseFromJavaScript(const js::Call&) {
  Close();
  return {};
}

js::Value Session::Bind(const js::Call& info) {
  if (closed_) return {};
  const js::Bytes memory(info[0]);
  if (!guest_->Bind(memory.data, memory.size)) {
    js::Error(info.env(),
              "the module's memory moved when it grew, and the live maps in it were lost")
        .Throw();
  }
  return {};
}

js::Value Session::OpenObject(const js::Call& info) {
  const napi_env env = info.env();
  if (closed_) {
    Throw(env, "open", EBADF);
    return {};
  }
  const js::Bytes view(info[0]);
  // A copy of our own, aligned: the module's memory is not libbpf's to keep, and an ELF file in it
  // stands anywhere.
  const std::vector<uint8_t> bytes(view.data, view.data + view.size);
  OpenRequest request;
  request.name = info[1].Text();
  request.log_level = info[2].Uint32();
  request.pin_root = info[3].Text();
  UniqueObject opened = wbpf::OpenObject(env, bytes, request);
  if (!opened) return {};

  auto object = std::make_shared<Object>(guest_, std::move(opened));
  objects_.erase(
      std::remove_if(objects_.begin(), objects_.end(),
                     [](const std::shared_ptr<Object>& other) { return !other->open(); }),
      objects_.end());
  objects_.push_back(object);
  return object->ToJavaScript(env);
}

js::Value Session::OpenUserRing(const js::Call& info) {
  const napi_env env = info.env();
  std::shared_ptr<UserRing> ring;
  const int error = closed_ ? -EBADF : UserRing::Open(guest_, info[0].Int32(), &ring);
  if (error < 0) {
    Throw(env, "openUserRing", error);
    return {};
  }
  user_rings_.erase(
      std::remove_if(user_rings_.begin(), user_rings_.end(),
                     [](const std::shared_ptr<UserRing>& other) { return !other->open(); }),
      user_rings_.end());
  user_rings_.push_back(ring);
  return ring->ToJavaScript(env);
}

js::Value Session::Keep(napi_env env, Attached attached) {
  auto link = std::make_shared<LinkHandle>(guest_, std::move(attached));
  held_.erase(
      std::remove_if(held_.begin(), held_.end(),
                     [](const std::shared_ptr<LinkHandle>& other) { return !other->attached(); }),
      held_.end());
  held_.push_back(link);
  return link->ToJavaScript(env);
}

js::Value Session::EnableStats(const js::Call& info) {
  UniqueFd stats(closed_ ? -1 : Lib().bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!stats.valid()) {
    Throw(info.env(), "stats", closed_ ? EBADF : errno);
    return {};
  }
  return Keep(info.env(), std::make_unique<HeldDescriptor>(std::move(stats)));
}

js::Value Session::OpenLink(const js::Call& info) {
  UniqueFd link(closed_ ? -1 : Lib().bpf_obj_get(info[0].Text().c_str()));
  int error = link.valid() ? 0 : closed_ ? EBADF : errno;
  // A path may as well lead to a map or a program.
  if (!error && !StandsFor(link.get(), "bpf_link") && !StandsFor(link.get(), "bpf-link")) {
    error = EINVAL;
  }
  if (error) {
    Throw(info.env(), "openLink", error);
    return {};
  }
  return Keep(info.env(), std::make_unique<KernelLink>(std::move(link)));
}

js::Value Session::FindType(const js::Call& info) {
  return js::Number(
      info.env(), closed_ ? -EBADF : types_.Find(info[0].Text(), info[1].Uint32(), info[2].Text()));
}

js::Value Session::Wait(const js::Call& info) {
  const auto answer = [&](int32_t result) { return js::Number(info.env(), result); };
  const js::Value handles = info[0];
  const js::Bytes ready(info[1]);
  const Deadline deadline(info[2].Int32());

  const uint32_t count = handles.Length();
  std::array<Buffer*, kMostBuffers> buffers;
  if (count > buffers.size() || ready.size / sizeof(int32_t) < count) return answer(-EINVAL);
  for (uint32_t i = 0; i < count; i++) {
    buffers[i] = Table<Buffer>::OfThread().Find(handles.Get(i).Int32());
    if (!buffers[i] || !buffers[i]->open()) return answer(-EBADF);
  }
  const WaitingTurn waiting(guest_->meter());
  if (guest_->StopRequested()) return answer(-ECANCELED);
  return answer(WaitForBuffers(*guest_, buffers.data(), count,
                               reinterpret_cast<int32_t*>(ready.data), deadline));
}

int32_t Session::Write(uint32_t fd, uint32_t pointer, uint32_t length) {
  if (closed_) return -EBADF;
  if (!guest_->Contains(pointer, length)) return -EFAULT;
  return writer_.Write(*guest_, static_cast<int>(fd), guest_->At(pointer), length);
}

}  // namespace wbpf
