// How a failure reaches JavaScript: as facts. The sentences are made there
// (host/src/backend/kernel/explain).
#pragma once

#include <napi.h>

#include <string>

#include "capture.h"

namespace wbpf {

// Throws an Error with the properties errno (positive), warnings and verifier.
void Throw(Napi::Env env, const char* operation, int error, const LogCapture* capture = nullptr);

// Throws an Error with the properties file, linker, missing and version, unless libbpf is there.
bool RequireLibbpf(Napi::Env env);

}  // namespace wbpf
