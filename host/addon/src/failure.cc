#include "failure.h"

#include <stdlib.h>

#include "libbpf.h"

namespace wbpf {

void Throw(napi_env env, const char* operation, int error, const LogCapture* capture) {
  js::Error failure(env, operation);
  failure.Set("errno", js::Number(env, abs(error)));
  failure.Set("warnings", js::String(env, capture ? capture->warnings() : ""));
  failure.Set("verifier", js::String(env, capture ? capture->verifier() : ""));
  failure.Throw();
}

bool RequireLibbpf(napi_env env) {
  const LibbpfLoad& load = LoadLibbpf();
  if (load.table) return true;
  js::Error failure(env, "libbpf");
  failure.Set("file", js::String(env, load.file));
  failure.Set("linker", js::String(env, load.linker));
  failure.Set("missing", js::String(env, load.missing));
  failure.Set("version", js::String(env, load.version));
  failure.Throw();
  return false;
}

}  // namespace wbpf
