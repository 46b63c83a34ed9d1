#include "interfaces.h"

#include <errno.h>
#include <net/if.h>

#include <memory>

#include "failure.h"

namespace wbpf {

js::Value Interfaces(const js::Call& info) {
  const napi_env env = info.env();
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> list(
      if_nameindex(), &if_freenameindex);
  if (!list) {
    Throw(env, "interfaces", errno);
    return {};
  }
  js::Array interfaces(env);
  for (const struct if_nameindex* entry = list.get(); entry->if_index != 0; entry++) {
    js::Object one(env);
    one.Set("name", js::String(env, entry->if_name));
    one.Set("index", entry->if_index);
    interfaces.Push(one);
  }
  return interfaces;
}

}  // namespace wbpf
