// Asks the kernel what it can do, by making it do it: bpf(2) alone, so that it works without
// libbpf, and for types that the installed libbpf does not know.
#pragma once

#include <napi.h>

namespace wbpf {

// See NativeAddon in host/src/probe/native.ts.
Napi::Value TryMap(const Napi::CallbackInfo& info);
Napi::Value TryProgram(const Napi::CallbackInfo& info);
Napi::Value HelperNames(const Napi::CallbackInfo& info);

}  // namespace wbpf
