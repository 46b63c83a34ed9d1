// The addon's entry: what host/src/backend/kernel/native.ts declares as NativeAddon. It is loaded
// once per Worker; nothing but libbpf's table is shared.
#include <errno.h>
#include <fcntl.h>
#include <napi.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include <memory>
#include <vector>

#include "describe.h"
#include "failure.h"
#include "features.h"
#include "interfaces.h"
#include "libbpf.h"
#include "map_calls.h"
#include "meter.h"
#include "object.h"
#include "session.h"
#include "vmlinux.h"

namespace wbpf {
namespace {

// Of one environment (the main thread's, or a Worker's).
class Environment {
 public:
  explicit Environment(napi_env env) : env_(env) {
    napi_add_env_cleanup_hook(env_, &Environment::CleanUp, this);
  }
  // Node removes a hook that ran; removing it again does nothing.
  ~Environment() { napi_remove_env_cleanup_hook(env_, &Environment::CleanUp, this); }

  void Add(const std::shared_ptr<Session>& session) {
    std::vector<std::weak_ptr<Session>> alive;
    for (std::weak_ptr<Session>& other : sessions_) {
      if (!other.expired()) alive.push_back(std::move(other));
    }
    alive.push_back(session);
    sessions_ = std::move(alive);
  }

 private:
  // Runs when the Worker ends, also when it was terminated: before any finalizer, and whatever
  // JavaScript still holds.
  static void CleanUp(void* data) {
    for (const std::weak_ptr<Session>& weak : static_cast<Environment*>(data)->sessions_) {
      if (std::shared_ptr<Session> session = weak.lock()) session->Close();
    }
  }

  napi_env env_;
  std::vector<std::weak_ptr<Session>> sessions_;
};

Napi::Value CreateSession(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!RequireLibbpf(env)) return env.Undefined();
  const int stop_fd = info[0].ToNumber().Int32Value();
  UniqueFd stop;
  if (stop_fd >= 0) {
    // A duplicate of our own: the number stays valid however its owner and we end.
    stop.Reset(fcntl(stop_fd, F_DUPFD_CLOEXEC, 0));
    if (!stop.valid()) {
      Throw(env, "stopFd", errno);
      return env.Undefined();
    }
  }
  auto session =
      std::make_shared<Session>(std::move(stop), Meter::Find(info[1].ToNumber().Uint32Value()));
  env.GetInstanceData<Environment>()->Add(session);
  return session->ToJavaScript(env);
}

Napi::Value CreateEventFd(const Napi::CallbackInfo& info) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) Throw(info.Env(), "eventfd", errno);
  return Napi::Number::New(info.Env(), fd);
}

Napi::Value Inspect(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!RequireLibbpf(env)) return env.Undefined();
  const Napi::Uint8Array view = info[0].As<Napi::Uint8Array>();
  const std::vector<uint8_t> bytes(view.Data(), view.Data() + view.ElementLength());
  OpenRequest request;
  request.name = info[1].ToString().Utf8Value();
  const UniqueObject object = OpenObject(env, bytes, request);
  if (!object) return env.Undefined();

  Napi::Array maps = Napi::Array::New(env);
  for (bpf_map* map = nullptr; (map = Lib().bpf_object__next_map(object.get(), map));) {
    maps[maps.Length()] = DescribeMap(env, map);
  }
  Napi::Array programs = Napi::Array::New(env);
  for (bpf_program* program = nullptr;
       (program = Lib().bpf_object__next_program(object.get(), program));) {
    programs[programs.Length()] = DescribeProgram(env, program);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("maps", maps);
  result.Set("programs", programs);
  return result;
}

Napi::Value CountCpus(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), PossibleCpus());
}

// Of the process: a Worker's process.env is its own.
Napi::Value Environ(const Napi::CallbackInfo& info) {
  const char* value = getenv(info[0].ToString().Utf8Value().c_str());
  return Napi::String::New(info.Env(), value ? value : "");
}

Napi::Value LibbpfVersion(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!RequireLibbpf(env)) return env.Undefined();
  return Napi::String::New(env, Lib().libbpf_version_string());
}

}  // namespace

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // Node deletes it when the environment ends.
  env.SetInstanceData(std::make_unique<Environment>(env).release());
  exports.Set("createSession", Napi::Function::New(env, CreateSession, "createSession"));
  exports.Set("createEventFd", Napi::Function::New(env, CreateEventFd, "createEventFd"));
  exports.Set("createMeter", Napi::Function::New(env, Meter::Create, "createMeter"));
  exports.Set("adoptMeter", Napi::Function::New(env, Meter::Adopt, "adoptMeter"));
  exports.Set("inspect", Napi::Function::New(env, Inspect, "inspect"));
  exports.Set("interfaces", Napi::Function::New(env, Interfaces, "interfaces"));
  exports.Set("openPidfd", Napi::Function::New(env, OpenPidfd, "openPidfd"));
  exports.Set("closeDescriptor", Napi::Function::New(env, CloseDescriptor, "closeDescriptor"));
  exports.Set("possibleCpus", Napi::Function::New(env, CountCpus, "possibleCpus"));
  exports.Set("environ", Napi::Function::New(env, Environ, "environ"));
  exports.Set("dumpBtf", Napi::Function::New(env, DumpBtf, "dumpBtf"));
  exports.Set("libbpfVersion", Napi::Function::New(env, LibbpfVersion, "libbpfVersion"));
  exports.Set("tryMap", Napi::Function::New(env, TryMap, "tryMap"));
  exports.Set("tryProgram", Napi::Function::New(env, TryProgram, "tryProgram"));
  exports.Set("helperNames", Napi::Function::New(env, HelperNames, "helperNames"));
  return exports;
}

}  // namespace wbpf

using wbpf::Init;
NODE_API_MODULE(wbpf, Init)
