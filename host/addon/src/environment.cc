#include "environment.h"

#include <algorithm>

#include "session.h"

namespace wbpf {

Environment::Environment(napi_env env) : env_(env) {
  napi_add_env_cleanup_hook(env_, &Environment::CleanUp, this);
}

// Node removes a hook that ran; removing it again does nothing.
Environment::~Environment() { napi_remove_env_cleanup_hook(env_, &Environment::CleanUp, this); }

void Environment::Create(napi_env env) {
  std::unique_ptr<Environment> made(new Environment(env));
  const napi_finalize release = [](napi_env, void* data, void*) {
    std::unique_ptr<Environment> held(static_cast<Environment*>(data));
  };
  if (napi_set_instance_data(env, made.get(), release, nullptr) == napi_ok) (void)made.release();
}

Environment* Environment::Of(napi_env env) {
  void* data = nullptr;
  return napi_get_instance_data(env, &data) == napi_ok ? static_cast<Environment*>(data) : nullptr;
}

void Environment::CleanUp(void* data) {
  for (const std::shared_ptr<Session>& session : static_cast<Environment*>(data)->sessions_) {
    session->Close();
  }
}

void Environment::Add(std::shared_ptr<Session> session) {
  sessions_.erase(
      std::remove_if(sessions_.begin(), sessions_.end(),
                     [](const std::shared_ptr<Session>& other) { return other->closed(); }),
      sessions_.end());
  sessions_.push_back(std::move(session));
}

js::Value Environment::Function(const char* name, napi_callback callback, void* data) {
  napi_value function = nullptr;
  const auto known = functions_.find(callback);
  if (known != functions_.end()) {
    napi_get_reference_value(env_, known->second, &function);
    return {env_, function};
  }
  napi_ref reference = nullptr;
  if (napi_create_function(env_, name, NAPI_AUTO_LENGTH, callback, data, &function) != napi_ok ||
      napi_create_reference(env_, function, 1, &reference) != napi_ok) {
    return {};
  }
  functions_.emplace(callback, reference);
  return {env_, function};
}

}  // namespace wbpf
