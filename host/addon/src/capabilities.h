// Gives up Linux capabilities (capabilities(7)) in every thread of the process. The kernel keeps
// them for each thread, and Node has several that no JavaScript reaches.
#pragma once

#include "js.h"

namespace wbpf {

// See NativeAddon in host/src/backend/kernel/native.ts.
js::Value DropCapabilities(const js::Call& call);

}  // namespace wbpf
