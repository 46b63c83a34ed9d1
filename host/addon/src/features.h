// Asks the kernel what it can do, by making it do it: bpf(2) alone, so that it works without
// libbpf, and for types that the installed libbpf does not know.
#pragma once

#include "js.h"

namespace wbpf {

// See NativeAddon in host/src/probe/native.ts.
js::Value TryMap(const js::Call& info);
js::Value TryProgram(const js::Call& info);
js::Value HelperNames(const js::Call& info);

}  // namespace wbpf
