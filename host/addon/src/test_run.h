// BPF_PROG_TEST_RUN.
#pragma once

#include <napi.h>

#include "libbpf.h"

namespace wbpf {

// Runs a loaded program once, or `repeat` times. See NativeTestRun in
// host/src/backend/kernel/native.ts.
Napi::Value RunTest(Napi::Env env, const bpf_program* program, Napi::Object request);

}  // namespace wbpf
