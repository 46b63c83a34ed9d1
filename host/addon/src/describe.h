// What an opened object declares, as JavaScript values.
#pragma once

#include <napi.h>

#include "libbpf.h"

namespace wbpf {

Napi::Object DescribeMap(Napi::Env env, const bpf_map* map);
Napi::Object DescribeProgram(Napi::Env env, const bpf_program* program);

}  // namespace wbpf
