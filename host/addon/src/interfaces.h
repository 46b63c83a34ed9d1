// The network interfaces of this thread's network namespace.
#pragma once

#include "js.h"

namespace wbpf {

// An array of {name, index}. Throws if the kernel does not tell.
js::Value Interfaces(const js::Call& info);

}  // namespace wbpf
