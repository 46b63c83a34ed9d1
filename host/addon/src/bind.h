// C++ methods as functions of JavaScript. Which object is meant stands in its number (table.h): a
// method that is called now and then finds it in `this`, one that is called per record or per map
// operation gets it as its first argument.
#pragma once

#include <errno.h>

#include <array>
#include <utility>

#include "environment.h"
#include "failure.h"
#include "js.h"
#include "table.h"

namespace wbpf {

// What a method does whose object is gone: throw EBADF, or nothing, which is for those that close.
enum class Gone { kThrow, kNothing };

namespace detail {

template <typename Method>
struct OwnerOf;
template <typename T, typename Result, typename... Arguments>
struct OwnerOf<Result (T::*)(Arguments...)> {
  using Type = T;
};

template <auto Method, Gone gone>
napi_value CallMethod(napi_env env, napi_callback_info info) {
  using T = typename OwnerOf<decltype(Method)>::Type;
  const js::Call call(env, info);
  T* object = Table<T>::OfThread().Find(call.self().Get("handle").Int32());
  if (object) return (object->*Method)(call);
  if (gone == Gone::kThrow) Throw(env, "closed", EBADF);
  return nullptr;
}

template <typename T, auto Method, size_t... Index>
int32_t Apply(T* object, const std::array<uint32_t, sizeof...(Index) + 1>& numbers,
              std::index_sequence<Index...>) {
  return (object->*Method)(numbers[Index + 1]...);
}

// i32 in, i32 out, nothing allocated.
template <typename T, auto Method, size_t Count>
napi_value CallNumbers(napi_env env, napi_callback_info info) {
  size_t count = Count + 1;
  napi_value values[Count + 1];
  void* table = nullptr;
  if (napi_get_cb_info(env, info, &count, values, nullptr, &table) != napi_ok) return nullptr;
  std::array<uint32_t, Count + 1> numbers{};
  for (size_t i = 0; i <= Count; i++) {
    int32_t number = 0;
    napi_get_value_int32(env, values[i], &number);
    numbers[i] = static_cast<uint32_t>(number);
  }
  T* object = static_cast<Table<T>*>(table)->Find(static_cast<int32_t>(numbers[0]));
  napi_value result = nullptr;
  napi_create_int32(
      env, object ? Apply<T, Method>(object, numbers, std::make_index_sequence<Count>()) : -EBADF,
      &result);
  return result;
}

}  // namespace detail

// The JavaScript object of `owner`, without its methods.
template <typename T>
js::Object ObjectOf(napi_env env, const Numbered<T>& owner) {
  js::Object object(env);
  object.Set("handle", owner.number());
  return object;
}

// `name(…)`, to be called on an object that ObjectOf() made.
template <auto Method, Gone gone = Gone::kThrow>
void SetMethod(js::Object* object, const char* name) {
  Environment* environment = Environment::Of(object->env());
  if (!environment) return;
  object->Set(name, environment->Function(name, &detail::CallMethod<Method, gone>, nullptr));
}

// `name(handle, …)` with `Count` numbers after the handle; -EBADF if the object is gone.
template <size_t Count, auto Method>
void SetNumbers(js::Object* object, const char* name) {
  using T = typename detail::OwnerOf<decltype(Method)>::Type;
  Environment* environment = Environment::Of(object->env());
  if (!environment) return;
  object->Set(name, environment->Function(name, &detail::CallNumbers<T, Method, Count>,
                                          &Table<T>::OfThread()));
}

}  // namespace wbpf
