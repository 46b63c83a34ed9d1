// BPF_PROG_TEST_RUN.
#pragma once

#include "js.h"
#include "libbpf.h"

namespace wbpf {

// Runs a loaded program once, or `repeat` times. See NativeTestRun in
// host/src/backend/kernel/native.ts.
js::Value RunTest(napi_env env, const bpf_program* program, const js::Value& request);

}  // namespace wbpf
