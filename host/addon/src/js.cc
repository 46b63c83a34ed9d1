#include "js.h"

#include <string.h>

namespace wbpf::js {

std::string Value::Text() const {
  size_t length = 0;
  if (!value_ || napi_get_value_string_utf8(env_, value_, nullptr, 0, &length) != napi_ok) {
    return {};
  }
  // Node-API writes a NUL behind it, for which a string has room.
  std::string text(length, '\0');
  napi_get_value_string_utf8(env_, value_, text.data(), length + 1, &length);
  return text;
}

Bytes::Bytes(const Value& value) {
  const napi_env env = value.env();
  if (!value) return;
  void* start = nullptr;
  bool is = false;
  if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
    if (napi_get_arraybuffer_info(env, value, &start, &size) != napi_ok) size = 0;
  } else if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    napi_typedarray_type type = napi_uint8_array;
    size_t length = 0;
    if (napi_get_typedarray_info(env, value, &type, &length, &start, nullptr, nullptr) == napi_ok) {
      const bool words = type == napi_int32_array || type == napi_uint32_array;
      const bool wide = type == napi_biguint64_array;
      size = length * (words ? sizeof(uint32_t) : wide ? sizeof(uint64_t) : 1);
    }
  }
  data = static_cast<uint8_t*>(start);
  if (!data) size = 0;
}

Value CopyOf(napi_env env, const void* bytes, size_t size) {
  void* data = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  if (napi_create_arraybuffer(env, size, &data, &buffer) != napi_ok) return {};
  if (size > 0) memcpy(data, bytes, size);
  napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &array);
  return {env, array};
}

}  // namespace wbpf::js
