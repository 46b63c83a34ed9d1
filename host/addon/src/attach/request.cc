#include "attach/request.h"

namespace wbpf {
namespace {

uint64_t WideOf(const Napi::Value& value) {
  bool lossless = false;
  return value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
}

}  // namespace

std::string Request::Text(const char* name) const {
  const Napi::Value value = object_.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

int32_t Request::Number(const char* name, int32_t fallback) const {
  const Napi::Value value = object_.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Int32Value() : fallback;
}

uint64_t Request::Wide(const char* name) const { return WideOf(object_.Get(name)); }

bool Request::Flag(const char* name) const { return object_.Get(name).ToBoolean(); }

bool Request::Has(const char* name) const { return !object_.Get(name).IsUndefined(); }

std::vector<std::string> Request::Texts(const char* name) const {
  std::vector<std::string> texts;
  const Napi::Value value = object_.Get(name);
  if (!value.IsArray()) return texts;
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    texts.push_back(array.Get(i).ToString().Utf8Value());
  }
  return texts;
}

std::vector<uint64_t> Request::Wides(const char* name) const {
  std::vector<uint64_t> numbers;
  const Napi::Value value = object_.Get(name);
  if (!value.IsArray()) return numbers;
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) numbers.push_back(WideOf(array.Get(i)));
  return numbers;
}

}  // namespace wbpf
