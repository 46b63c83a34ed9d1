#include "attach/request.h"

namespace wbpf {

std::string Request::Text(const char* name) const { return object_.Get(name).Text(); }

int32_t Request::Number(const char* name, int32_t fallback) const {
  return object_.Get(name).Int32(fallback);
}

uint64_t Request::Wide(const char* name) const { return object_.Get(name).Wide(); }

bool Request::Flag(const char* name) const { return object_.Get(name).Flag(); }

bool Request::Has(const char* name) const { return !object_.Get(name).Is(napi_undefined); }

std::vector<std::string> Request::Texts(const char* name) const {
  std::vector<std::string> texts;
  const js::Value array = object_.Get(name);
  const uint32_t length = array.Length();
  for (uint32_t i = 0; i < length; i++) texts.push_back(array.Get(i).Text());
  return texts;
}

std::vector<uint64_t> Request::Wides(const char* name) const {
  std::vector<uint64_t> numbers;
  const js::Value array = object_.Get(name);
  const uint32_t length = array.Length();
  for (uint32_t i = 0; i < length; i++) numbers.push_back(array.Get(i).Wide());
  return numbers;
}

}  // namespace wbpf
