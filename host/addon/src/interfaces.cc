#include "interfaces.h"

#include <errno.h>
#include <net/if.h>

#include <memory>

#include "failure.h"

namespace wbpf {

Napi::Value Interfaces(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> list(
      if_nameindex(), &if_freenameindex);
  if (!list) {
    Throw(env, "interfaces", errno);
    return env.Undefined();
  }
  Napi::Array interfaces = Napi::Array::New(env);
  for (const struct if_nameindex* entry = list.get(); entry->if_index != 0; entry++) {
    Napi::Object one = Napi::Object::New(env);
    one.Set("name", Napi::String::New(env, entry->if_name));
    one.Set("index", entry->if_index);
    interfaces[interfaces.Length()] = one;
  }
  return interfaces;
}

}  // namespace wbpf
