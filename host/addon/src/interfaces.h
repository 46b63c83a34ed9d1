// The network interfaces of this thread's network namespace.
#pragma once

#include <napi.h>

namespace wbpf {

// An array of {name, index}. Throws if the kernel does not tell.
Napi::Value Interfaces(const Napi::CallbackInfo& info);

}  // namespace wbpf
