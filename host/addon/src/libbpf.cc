#include "libbpf.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "capture.h"

namespace wbpf {
namespace {

// The only state that all threads share: written once, before anybody can read it.
Libbpf table;

template <typename Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

LibbpfLoad Load() {
  LibbpfLoad load;
  const char* named = getenv("WBPF_LIBBPF");
  load.file = named && *named ? named : "libbpf.so.1";
  // Never closed: libbpf has no way to be unloaded while objects of other threads live.
  void* library = dlopen(load.file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = dlerror();
    load.linker = why ? why : "unknown";
    return load;
  }
  if (Find(library, "libbpf_version_string", &table.libbpf_version_string)) {
    load.version = table.libbpf_version_string();
  }
  if (Find(library, "libbpf_major_version", &table.libbpf_major_version) &&
      table.libbpf_major_version() < 1) {
    load.missing = "libbpf 1.0";
    return load;
  }
#define WBPF_FIND(name)                     \
  if (!Find(library, #name, &table.name)) { \
    load.missing = #name;                   \
    return load;                            \
  }
  WBPF_LIBBPF_FUNCTIONS(WBPF_FIND)
#undef WBPF_FIND
  table.libbpf_set_print(&LogCapture::Print);
  load.table = &table;
  return load;
}

}  // namespace

const LibbpfLoad& LoadLibbpf() {
  // Initialised by whichever thread comes first, the others wait for it.
  static const LibbpfLoad load = Load();
  return load;
}

const Libbpf& Lib() { return table; }

}  // namespace wbpf
