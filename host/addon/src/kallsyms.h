// The kernel's symbols, read once for the process.
#pragma once

#include "js.h"

namespace wbpf {

// See NativeAddon.kernelSymbols in host/src/backend/kernel/native.ts.
js::Value KernelSymbols(const js::Call& info);

}  // namespace wbpf
