// What an opened object declares, as JavaScript values.
#pragma once

#include "js.h"
#include "libbpf.h"

namespace wbpf {

js::Object DescribeMap(napi_env env, const bpf_map* map);
js::Object DescribeProgram(napi_env env, const bpf_program* program);

}  // namespace wbpf
