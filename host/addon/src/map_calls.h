// What a module does with a map, as functions of NativeMapCalls.
#pragma once

#include "js.h"
#include "map.h"

namespace wbpf {

void AddMapCalls(js::Object* object);

// A descriptor of the process with the number that is the argument (pidfd_open(2), Linux 5.3),
// which the caller closes; or a negative errno. See NativeAddon in
// host/src/backend/kernel/native.ts.
js::Value OpenPidfd(const js::Call& info);
js::Value CloseDescriptor(const js::Call& info);

}  // namespace wbpf
