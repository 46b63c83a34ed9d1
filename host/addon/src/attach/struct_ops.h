// Registering a map of kernel callbacks, such as a TCP congestion control.
#pragma once

#include "attach/attachment.h"

namespace wbpf {

// 0 or a negative errno. `map` is a loaded struct_ops map.
int AttachStructOps(const bpf_map* map, Attached* attached);

}  // namespace wbpf
