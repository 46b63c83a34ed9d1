#include "link.h"

#include "capture.h"
#include "failure.h"

namespace wbpf {

int Link::Close() {
  if (detach_) return std::exchange(detach_, nullptr)();
  return link_ ? Lib().bpf_link__destroy(link_.release()) : 0;
}

Napi::Value Link::Destroy(const Napi::CallbackInfo& info) {
  LogCapture capture;
  const int error = Close();
  if (error < 0) Throw(info.Env(), "destroy", error, &capture);
  return info.Env().Undefined();
}

}  // namespace wbpf
