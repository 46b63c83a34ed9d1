// What an opened object declares, as JavaScript values.
#pragma once

#include "js.h"
#include "libbpf.h"

namespace wbpf {

js::Object DescribeMap(napi_env env, const bpf_map* map);
// Of (kind, number): the name of an enumerator of bpf_prog_type (1), bpf_map_type (2),
// bpf_attach_type (3) or bpf_link_type (4), undefined for one that libbpf does not know.
js::Value TypeName(const js::Call& info);
js::Object DescribeProgram(napi_env env, const bpf_program* program);

}  // namespace wbpf
