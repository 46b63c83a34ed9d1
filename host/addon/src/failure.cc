#include "failure.h"

#include <stdlib.h>

#include "libbpf.h"

namespace wbpf {

void Throw(Napi::Env env, const char* operation, int error, const LogCapture* capture) {
  Napi::Error failure = Napi::Error::New(env, operation);
  failure.Set("errno", Napi::Number::New(env, abs(error)));
  failure.Set("warnings", Napi::String::New(env, capture ? capture->warnings() : ""));
  failure.Set("verifier", Napi::String::New(env, capture ? capture->verifier() : ""));
  failure.ThrowAsJavaScriptException();
}

bool RequireLibbpf(Napi::Env env) {
  const LibbpfLoad& load = LoadLibbpf();
  if (load.table) return true;
  Napi::Error failure = Napi::Error::New(env, "libbpf");
  failure.Set("file", Napi::String::New(env, load.file));
  failure.Set("linker", Napi::String::New(env, load.linker));
  failure.Set("missing", Napi::String::New(env, load.missing));
  failure.Set("version", Napi::String::New(env, load.version));
  failure.ThrowAsJavaScriptException();
  return false;
}

}  // namespace wbpf
