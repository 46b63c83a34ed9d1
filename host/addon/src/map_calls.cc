#include "map_calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind.h"
#include "fd.h"

namespace wbpf {

void AddMapCalls(Napi::Env env, Napi::Object object, const std::shared_ptr<MapCalls>& calls) {
  object.Set("lookupAndDelete",
             BindNumbers<3, &MapCalls::LookupAndDelete>(env, "lookupAndDelete", calls));
  object.Set("updateDescriptor",
             BindNumbers<3, &MapCalls::UpdateDescriptor>(env, "updateDescriptor", calls));
  object.Set("updatePair", BindNumbers<3, &MapCalls::UpdatePair>(env, "updatePair", calls));
  object.Set("lookupOf", BindNumbers<3, &MapCalls::LookupOf>(env, "lookupOf", calls));
  object.Set("updateOf", BindNumbers<3, &MapCalls::UpdateOf>(env, "updateOf", calls));
  object.Set("deleteOf", BindNumbers<1, &MapCalls::DeleteOf>(env, "deleteOf", calls));
  object.Set("batch", BindNumbers<2, &MapCalls::Batch>(env, "batch", calls));
  object.Set("freeze", BindNumbers<0, &MapCalls::Freeze>(env, "freeze", calls));
}

Napi::Value OpenPidfd(const Napi::CallbackInfo& info) {
  const long fd = syscall(__NR_pidfd_open, info[0].ToNumber().Int32Value(), 0);
  return Napi::Number::New(info.Env(), fd < 0 ? -errno : static_cast<int>(fd));
}

Napi::Value CloseDescriptor(const Napi::CallbackInfo& info) {
  UniqueFd(info[0].ToNumber().Int32Value()).Reset();
  return info.Env().Undefined();
}

}  // namespace wbpf
