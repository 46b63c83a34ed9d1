// All types of a BTF file as a C header.
#pragma once

#include <napi.h>

namespace wbpf {

// (path, base path or "") → the C declarations as a string. Throws.
Napi::Value DumpBtf(const Napi::CallbackInfo& info);

}  // namespace wbpf
