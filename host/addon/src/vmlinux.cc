#include "vmlinux.h"

#include <errno.h>
#include <stdio.h>

#include <memory>
#include <string>

#include "failure.h"
#include "libbpf.h"

namespace wbpf {
namespace {

struct BtfFreer {
  void operator()(btf* types) const { Lib().btf__free(types); }
};
struct DumpFreer {
  void operator()(btf_dump* dump) const { Lib().btf_dump__free(dump); }
};

void Append(void* context, const char* format, va_list arguments) {
  auto* text = static_cast<std::string*>(context);
  va_list again;
  va_copy(again, arguments);
  char piece[1024];
  const int length = vsnprintf(piece, sizeof piece, format, arguments);
  if (length > 0 && static_cast<size_t>(length) < sizeof piece) {
    text->append(piece, static_cast<size_t>(length));
  } else if (length > 0) {
    const size_t before = text->size();
    text->resize(before + static_cast<size_t>(length) + 1);
    vsnprintf(&(*text)[before], static_cast<size_t>(length) + 1, format, again);
    text->resize(before + static_cast<size_t>(length));
  }
  va_end(again);
}

}  // namespace

js::Value DumpBtf(const js::Call& info) {
  const napi_env env = info.env();
  if (!RequireLibbpf(env)) return {};
  const Libbpf& lib = Lib();
  const std::string path = info[0].Text();
  const std::string base_path = info[1].Text();

  LogCapture capture;
  // The base must outlive what is split from it, so it is declared first.
  std::unique_ptr<btf, BtfFreer> base;
  if (!base_path.empty()) {
    base.reset(lib.btf__parse(base_path.c_str(), nullptr));
    if (!base) {
      Throw(env, "base", errno, &capture);
      return {};
    }
  }
  std::unique_ptr<btf, BtfFreer> types(base ? lib.btf__parse_split(path.c_str(), base.get())
                                            : lib.btf__parse(path.c_str(), nullptr));
  if (!types) {
    Throw(env, "btf", errno, &capture);
    return {};
  }
  std::string text;
  std::unique_ptr<btf_dump, DumpFreer> dump(
      lib.btf_dump__new(types.get(), &Append, &text, nullptr));
  if (!dump) {
    Throw(env, "dump", errno, &capture);
    return {};
  }
  // Of a split BTF only its own types (and what they need of the base).
  const uint32_t first = base ? lib.btf__type_cnt(base.get()) : 1;
  const uint32_t count = lib.btf__type_cnt(types.get());
  for (uint32_t id = first; id < count; id++) {
    const int error = lib.btf_dump__dump_type(dump.get(), id);
    if (error < 0) {
      Throw(env, "dump", error, &capture);
      return {};
    }
  }
  return js::String(env, text);
}

}  // namespace wbpf
