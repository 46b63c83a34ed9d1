// The addon's entry: what host/src/backend/kernel/native.ts declares as NativeAddon. It is loaded
// once per Worker; nothing but libbpf's table is shared.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include <memory>
#include <vector>

#include "capabilities.h"
#include "describe.h"
#include "environment.h"
#include "failure.h"
#include "features.h"
#include "interfaces.h"
#include "js.h"
#include "kallsyms.h"
#include "libbpf.h"
#include "mailbox.h"
#include "map_calls.h"
#include "meter.h"
#include "object.h"
#include "poll.h"
#include "session.h"
#include "vmlinux.h"

namespace wbpf {
namespace {

js::Value CreateSession(const js::Call& info) {
  const napi_env env = info.env();
  Environment* environment = Environment::Of(env);
  if (!environment || !RequireLibbpf(env)) return {};
  const int stop_fd = info[0].Int32();
  UniqueFd stop;
  if (stop_fd >= 0) {
    // A duplicate of our own: the number stays valid however its owner and we end.
    stop.Reset(fcntl(stop_fd, F_DUPFD_CLOEXEC, 0));
    if (!stop.valid()) {
      Throw(env, "stopFd", errno);
      return {};
    }
  }
  auto session = std::make_shared<Session>(std::move(stop), Meter::Find(info[1].Uint32()));
  environment->Add(session);
  return session->ToJavaScript(env);
}

js::Value CreateEventFd(const js::Call& info) {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) Throw(info.env(), "eventfd", errno);
  return js::Number(info.env(), fd);
}

js::Value Inspect(const js::Call& info) {
  const napi_env env = info.env();
  if (!RequireLibbpf(env)) return {};
  const js::Bytes view(info[0]);
  const std::vector<uint8_t> bytes(view.data, view.data + view.size);
  OpenRequest request;
  request.name = info[1].Text();
  const UniqueObject object = OpenObject(env, bytes, request);
  if (!object) return {};

  js::Array maps(env);
  for (bpf_map* map = nullptr; (map = Lib().bpf_object__next_map(object.get(), map));) {
    maps.Push(DescribeMap(env, map));
  }
  js::Array programs(env);
  for (bpf_program* program = nullptr;
       (program = Lib().bpf_object__next_program(object.get(), program));) {
    programs.Push(DescribeProgram(env, program));
  }
  js::Object result(env);
  result.Set("maps", maps);
  result.Set("programs", programs);
  return result;
}

js::Value CountCpus(const js::Call& info) { return js::Number(info.env(), PossibleCpus()); }

// Of the process: a Worker's process.env is its own.
js::Value Environ(const js::Call& info) {
  const char* value = getenv(info[0].Text().c_str());
  return js::String(info.env(), value ? value : "");
}

js::Value LibbpfVersion(const js::Call& info) {
  if (!RequireLibbpf(info.env())) return {};
  return js::Text(info.env(), Lib().libbpf_version_string());
}

template <js::Value (*function)(const js::Call&)>
void Export(napi_env env, napi_value exports, const char* name) {
  const napi_callback callback = [](napi_env caller, napi_callback_info info) -> napi_value {
    return function(js::Call(caller, info));
  };
  napi_value made = nullptr;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &made) == napi_ok) {
    napi_set_named_property(env, exports, name, made);
  }
}

napi_value Initialise(napi_env env, napi_value exports) {
  Environment::Create(env);
  Export<CreateSession>(env, exports, "createSession");
  Export<CreateEventFd>(env, exports, "createEventFd");
  Export<Meter::Create>(env, exports, "createMeter");
  Export<Meter::Adopt>(env, exports, "adoptMeter");
  Export<Inspect>(env, exports, "inspect");
  Export<Interfaces>(env, exports, "interfaces");
  Export<OpenPidfd>(env, exports, "openPidfd");
  Export<CloseDescriptor>(env, exports, "closeDescriptor");
  Export<KernelSymbols>(env, exports, "kernelSymbols");
  Export<PollDescriptors>(env, exports, "poll");
  Export<OpenMailbox>(env, exports, "openMailbox");
  Export<CountCpus>(env, exports, "possibleCpus");
  Export<Environ>(env, exports, "environ");
  Export<DropCapabilities>(env, exports, "dropCapabilities");
  Export<DumpBtf>(env, exports, "dumpBtf");
  Export<TypeName>(env, exports, "typeName");
  Export<LibbpfVersion>(env, exports, "libbpfVersion");
  Export<TryMap>(env, exports, "tryMap");
  Export<TryProgram>(env, exports, "tryProgram");
  Export<HelperNames>(env, exports, "helperNames");
  return exports;
}

}  // namespace
}  // namespace wbpf

NAPI_MODULE_INIT() { return wbpf::Initialise(env, exports); }
