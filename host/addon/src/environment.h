// What the addon keeps for one environment: the main thread's, or a Worker's.
#pragma once

#include <node_api.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "js.h"
#include "mailbox.h"

namespace wbpf {

class Session;

class Environment {
 public:
  // Stands until the environment ends: its sessions are closed then, also when the Worker was
  // terminated, before anything else goes.
  static void Create(napi_env env);
  // Null where the environment is being torn down.
  static Environment* Of(napi_env env);

  ~Environment();

  // Keeps a session until it is closed.
  void Add(std::shared_ptr<Session> session);
  // The function of JavaScript with that callback, made at the first call. Every function that is
  // made costs memory which Node gives back only when its event loop turns: so one for all objects.
  js::Value Function(const char* name, napi_callback callback, void* data);
  Mailbox& mailbox() { return mailbox_; }

 private:
  explicit Environment(napi_env env);
  static void CleanUp(void* data);

  napi_env env_;
  Mailbox mailbox_;
  std::vector<std::shared_ptr<Session>> sessions_;
  std::unordered_map<napi_callback, napi_ref> functions_;
};

}  // namespace wbpf
