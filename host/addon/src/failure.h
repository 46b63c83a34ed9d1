// How a failure reaches JavaScript: as facts. The sentences are made there
// (host/src/backend/kernel/explain).
#pragma once

#include <string>

#include "capture.h"
#include "js.h"

namespace wbpf {

// Throws an Error with the properties errno (positive), warnings and verifier.
void Throw(napi_env env, const char* operation, int error, const LogCapture* capture = nullptr);

// The same, of a negative errno alone.
inline void Check(const js::Call& call, const char* operation, int error,
                  const LogCapture& capture) {
  if (error < 0) Throw(call.env(), operation, error, &capture);
}

// Throws an Error with the properties file, linker, missing and version, unless libbpf is there.
bool RequireLibbpf(napi_env env);

}  // namespace wbpf
