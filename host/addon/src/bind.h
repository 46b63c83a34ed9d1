// JavaScript functions that carry their native object as bound data: cheaper to call than a method
// that unwraps `this`, and with no `this` to get wrong.
#pragma once

#include <napi.h>

#include <array>
#include <memory>
#include <utility>

namespace wbpf {

// What keeps an object alive for JavaScript, as a value that all its functions refer to. One for an
// object and not one for each function: Node runs the release of such a value only when its event
// loop turns, which a module that never returns never lets it do.
template <typename T>
napi_value HolderOf(napi_env env, const std::shared_ptr<T>& owner) {
  // The functions of one object are made one after the other: only the latest is remembered. As
  // long as its holder exists so does the object, and no other can have its address.
  thread_local struct {
    napi_env env = nullptr;
    const void* owner = nullptr;
    napi_ref holder = nullptr;
  } latest;
  napi_value holder = nullptr;
  if (latest.env == env && latest.owner == owner.get() &&
      napi_get_reference_value(env, latest.holder, &holder) == napi_ok && holder) {
    return holder;
  }
  auto hold = std::make_unique<std::shared_ptr<T>>(owner);
  const napi_finalize release = [](napi_env, void* data, void*) {
    std::unique_ptr<std::shared_ptr<T>> held(static_cast<std::shared_ptr<T>*>(data));
  };
  if (napi_create_external(env, hold.get(), release, nullptr, &holder) != napi_ok) return nullptr;
  (void)hold.release();
  if (latest.env == env && latest.holder) napi_delete_reference(env, latest.holder);
  latest.env = env;
  latest.owner = owner.get();
  if (napi_create_reference(env, holder, 0, &latest.holder) != napi_ok) latest.env = nullptr;
  return holder;
}

// A function that calls `callback` with `owner` as its data. The object lives at least as long as
// the function.
template <typename T>
Napi::Value BindRaw(Napi::Env env, const char* name, napi_callback callback,
                    const std::shared_ptr<T>& owner) {
  napi_value function = nullptr;
  napi_value holder = HolderOf(env, owner);
  if (!holder ||
      napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, owner.get(), &function) !=
          napi_ok ||
      napi_set_named_property(env, function, "owner", holder) != napi_ok) {
    return env.Undefined();
  }
  return Napi::Value(env, function);
}

namespace detail {

template <typename T, auto Method>
napi_value CallMethod(napi_env env, napi_callback_info info) {
  Napi::CallbackInfo callback(env, info);
  return (static_cast<T*>(callback.Data())->*Method)(callback);
}

template <typename T, auto Method, size_t... Index>
int32_t Apply(T* object, const std::array<uint32_t, sizeof...(Index)>& numbers,
              std::index_sequence<Index...>) {
  return (object->*Method)(numbers[Index]...);
}

// i32 in, i32 out, nothing allocated: for calls that a module makes per record or per map
// operation.
template <typename T, auto Method, size_t Count>
napi_value CallNumbers(napi_env env, napi_callback_info info) {
  size_t count = Count;
  napi_value values[Count + 1];
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &data) != napi_ok) return nullptr;
  std::array<uint32_t, Count> numbers{};
  for (size_t i = 0; i < Count; i++) {
    int32_t number = 0;
    napi_get_value_int32(env, values[i], &number);
    numbers[i] = static_cast<uint32_t>(number);
  }
  napi_value result = nullptr;
  napi_create_int32(
      env, Apply<T, Method>(static_cast<T*>(data), numbers, std::make_index_sequence<Count>()),
      &result);
  return result;
}

}  // namespace detail

template <auto Method, typename T>
Napi::Value BindMethod(Napi::Env env, const char* name, const std::shared_ptr<T>& owner) {
  return BindRaw(env, name, &detail::CallMethod<T, Method>, owner);
}

template <size_t Count, auto Method, typename T>
Napi::Value BindNumbers(Napi::Env env, const char* name, const std::shared_ptr<T>& owner) {
  return BindRaw(env, name, &detail::CallNumbers<T, Method, Count>, owner);
}

}  // namespace wbpf
