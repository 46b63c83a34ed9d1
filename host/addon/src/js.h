// JavaScript's values, over Node-API alone. A Worker may be terminated at any moment, also while
// one of our functions runs: from then on every call that could run JavaScript fails. So nothing
// here insists: what cannot be read is 0 or empty, what cannot be made is undefined, and what
// cannot be thrown is not. (node-addon-api ends the process instead.)
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wbpf::js {

class Value {
 public:
  // undefined
  Value() = default;
  Value(napi_env env, napi_value value) : env_(env), value_(value) {}

  operator napi_value() const { return value_; }
  napi_env env() const { return env_; }

  bool Is(napi_valuetype type) const {
    napi_valuetype own = napi_undefined;
    return (value_ && napi_typeof(env_, value_, &own) == napi_ok ? own : napi_undefined) == type;
  }
  // Each gives the fallback for a value of another type.
  int32_t Int32(int32_t fallback = 0) const {
    int32_t number = fallback;
    return value_ && napi_get_value_int32(env_, value_, &number) == napi_ok ? number : fallback;
  }
  double Double() const {
    double number = 0;
    return value_ && napi_get_value_double(env_, value_, &number) == napi_ok ? number : 0;
  }
  uint32_t Uint32() const { return static_cast<uint32_t>(Int32()); }
  // Of a BigInt, the low 64 bits.
  uint64_t Wide() const {
    uint64_t number = 0;
    bool lossless = false;
    return value_ && napi_get_value_bigint_uint64(env_, value_, &number, &lossless) == napi_ok
               ? number
               : 0;
  }
  bool Flag() const {
    bool flag = false;
    return value_ && napi_get_value_bool(env_, value_, &flag) == napi_ok && flag;
  }
  std::string Text() const;

  // A property of an object, an element of an array.
  Value Get(const char* name) const {
    napi_value found = nullptr;
    if (value_) napi_get_named_property(env_, value_, name, &found);
    return {env_, found};
  }
  Value Get(uint32_t index) const {
    napi_value found = nullptr;
    if (value_) napi_get_element(env_, value_, index, &found);
    return {env_, found};
  }
  // Of an array; 0 for anything else.
  uint32_t Length() const {
    uint32_t length = 0;
    return value_ && napi_get_array_length(env_, value_, &length) == napi_ok ? length : 0;
  }

 protected:
  napi_env env_ = nullptr;
  napi_value value_ = nullptr;
};

// The bytes of an ArrayBuffer or of a typed array, as long as that lives and is not detached; none
// of anything else.
struct Bytes {
  explicit Bytes(const Value& value);

  uint8_t* data = nullptr;
  size_t size = 0;
};

inline Value Number(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return {env, value};
}
inline Value BigInt(napi_env env, uint64_t number) {
  napi_value value = nullptr;
  napi_create_bigint_uint64(env, number, &value);
  return {env, value};
}
inline Value Bool(napi_env env, bool flag) {
  napi_value value = nullptr;
  napi_get_boolean(env, flag, &value);
  return {env, value};
}
inline Value String(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return {env, value};
}
// A text of C, null being undefined.
inline Value Text(napi_env env, const char* text) { return text ? String(env, text) : Value(); }
// A Uint8Array with a copy of the bytes.
Value CopyOf(napi_env env, const void* bytes, size_t size);

// A new object.
class Object : public Value {
 public:
  explicit Object(napi_env env) : Value(env, nullptr) { napi_create_object(env, &value_); }

  void Set(const char* name, const Value& value) {
    // What is left out reads as undefined.
    if (value_ && value) napi_set_named_property(env_, value_, name, value);
  }
  void Set(const char* name, double number) { Set(name, Number(env_, number)); }
  void Set(const char* name, bool flag) { Set(name, Bool(env_, flag)); }
  // Without these an integer could be taken for either, and an address for a bool.
  void Set(const char* name, uint32_t number) { Set(name, static_cast<double>(number)); }
  void Set(const char* name, int32_t number) { Set(name, static_cast<double>(number)); }
  void Set(const char* name, const char* text) = delete;

 protected:
  Object(napi_env env, napi_value value) : Value(env, value) {}
};

// A new array.
class Array : public Value {
 public:
  explicit Array(napi_env env) : Value(env, nullptr) { napi_create_array(env, &value_); }

  void Push(const Value& value) {
    if (value_ && value) napi_set_element(env_, value_, count_, value);
    count_++;
  }

 private:
  uint32_t count_ = 0;
};

// A call of one of our functions. What was not given is undefined.
class Call {
 public:
  static constexpr size_t kMost = 6;

  Call(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kMost;
    if (napi_get_cb_info(env, info, &count, arguments_, &self_, nullptr) != napi_ok) {
      for (napi_value& argument : arguments_) argument = nullptr;
      self_ = nullptr;
    }
  }

  napi_env env() const { return env_; }
  // What the function was called on.
  Value self() const { return {env_, self_}; }
  Value operator[](size_t index) const { return {env_, arguments_[index]}; }

 private:
  napi_env env_;
  napi_value self_ = nullptr;
  napi_value arguments_[kMost] = {};
};

// A new error, to which properties can be given before it is thrown.
class Error : public Object {
 public:
  Error(napi_env env, const char* message) : Object(env, nullptr) {
    napi_create_error(env, nullptr, String(env, message), &value_);
  }

  void Throw() const {
    if (value_) napi_throw(env_, value_);
  }
};

// Keeps an object from being collected.
class Reference {
 public:
  Reference() = default;
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;

  bool empty() const { return !reference_; }
  void Hold(const Value& value) {
    env_ = value.env();
    if (value && napi_create_reference(env_, value, 1, &reference_) != napi_ok) {
      reference_ = nullptr;
    }
  }
  Value Get() const {
    napi_value value = nullptr;
    if (reference_) napi_get_reference_value(env_, reference_, &value);
    return {env_, value};
  }
  void Reset() {
    if (reference_) napi_delete_reference(env_, reference_);
    reference_ = nullptr;
  }

 private:
  napi_env env_ = nullptr;
  napi_ref reference_ = nullptr;
};

}  // namespace wbpf::js
