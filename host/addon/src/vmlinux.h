// All types of a BTF file as a C header.
#pragma once

#include "js.h"

namespace wbpf {

// (path, base path or "") → the C declarations as a string. Throws.
js::Value DumpBtf(const js::Call& info);

}  // namespace wbpf
