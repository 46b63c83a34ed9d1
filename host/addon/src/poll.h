// poll(2), for a thread in which several modules wait.
#pragma once

#include "js.h"

namespace wbpf {

// See NativeAddon in host/src/backend/kernel/native.ts.
js::Value PollDescriptors(const js::Call& info);

}  // namespace wbpf
