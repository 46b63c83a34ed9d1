// What a module rarely does with a map, as functions of NativeMapCalls.
#pragma once

#include <napi.h>

#include <memory>

#include "map.h"

namespace wbpf {

void AddMapCalls(Napi::Env env, Napi::Object object, const std::shared_ptr<MapCalls>& calls);

// A descriptor of the process with the number that is the argument (pidfd_open(2), Linux 5.3),
// which the caller closes; or a negative errno. See NativeAddon in
// host/src/backend/kernel/native.ts.
Napi::Value OpenPidfd(const Napi::CallbackInfo& info);
Napi::Value CloseDescriptor(const Napi::CallbackInfo& info);

}  // namespace wbpf
