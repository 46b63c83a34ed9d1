// The part of Object that sets, tells and pins: before the load and after.
#include <errno.h>

#include "bind.h"
#include "capture.h"
#include "control.h"
#include "describe.h"
#include "failure.h"
#include "object.h"

namespace wbpf {
namespace {

void Check(const Napi::CallbackInfo& info, const char* operation, int error,
           const LogCapture& capture) {
  if (error < 0) Throw(info.Env(), operation, error, &capture);
}

}  // namespace

void Object::AddControl(Napi::Env env, Napi::Object object) {
  const std::shared_ptr<Object> self = shared_from_this();
  object.Set("setProgram", BindMethod<&Object::SetProgram>(env, "setProgram", self));
  object.Set("setAttachTarget", BindMethod<&Object::SetAttachTarget>(env, "setAttachTarget", self));
  object.Set("programFd", BindMethod<&Object::ProgramFd>(env, "programFd", self));
  object.Set("programInfo", BindMethod<&Object::ProgramInfo>(env, "programInfo", self));
  object.Set("pinProgram", BindMethod<&Object::PinProgram>(env, "pinProgram", self));
  object.Set("setMap", BindMethod<&Object::SetMap>(env, "setMap", self));
  object.Set("mapFd", BindMethod<&Object::MapFd>(env, "mapFd", self));
  object.Set("reuseMap", BindMethod<&Object::ReuseMap>(env, "reuseMap", self));
  object.Set("pinMap", BindMethod<&Object::PinMap>(env, "pinMap", self));
}

Napi::Value Object::SetProgram(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  bpf_program* program = ProgramAt(info);
  if (!program) return env.Undefined();
  LogCapture capture;
  const int error = loaded_ ? -EBUSY
                            : wbpf::SetProgram(program, info[1].ToString().Utf8Value(),
                                               info[2].ToNumber().Uint32Value());
  Check(info, "set", error, capture);
  return error < 0 ? env.Undefined() : DescribeProgram(env, program);
}

Napi::Value Object::SetAttachTarget(const Napi::CallbackInfo& info) {
  bpf_program* program = ProgramAt(info);
  if (!program) return info.Env().Undefined();
  const int target = info[1].ToNumber().Int32Value();
  const std::string name = info[2].ToString().Utf8Value();
  LogCapture capture;
  // libbpf takes 0 for "no program": the kernel's own functions.
  const int error = loaded_ ? -EBUSY
                            : Lib().bpf_program__set_attach_target(program, target < 0 ? 0 : target,
                                                                   name.c_str());
  Check(info, "set", error, capture);
  return info.Env().Undefined();
}

Napi::Value Object::ProgramFd(const Napi::CallbackInfo& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), Lib().bpf_program__fd(program));
}

Napi::Value Object::ProgramInfo(const Napi::CallbackInfo& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return info.Env().Undefined();
  return wbpf::ProgramInfo(info.Env(), Lib().bpf_program__fd(program));
}

Napi::Value Object::PinProgram(const Napi::CallbackInfo& info) {
  bpf_program* program = ProgramAt(info);
  if (!program) return info.Env().Undefined();
  LogCapture capture;
  Check(info, "pin", PinAt(Lib().bpf_program__fd(program), info[1].ToString().Utf8Value()),
        capture);
  return info.Env().Undefined();
}

Napi::Value Object::SetMap(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  bool lossless = false;
  LogCapture capture;
  const int error = loaded_ ? -EBUSY
                            : wbpf::SetMap(map->map, info[1].ToString().Utf8Value(),
                                           info[2].As<Napi::BigInt>().Uint64Value(&lossless));
  Check(info, "set", error, capture);
  return error < 0 ? env.Undefined() : DescribeMap(env, map->map);
}

Napi::Value Object::MapFd(const Napi::CallbackInfo& info) {
  const Map* map = MapAt(info);
  if (!map) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), Lib().bpf_map__fd(map->map));
}

Napi::Value Object::ReuseMap(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  LogCapture capture;
  const int error = loaded_ ? -EBUSY : ReusePinned(map->map, info[1].ToString().Utf8Value());
  Check(info, "reuse", error, capture);
  return error < 0 ? env.Undefined() : DescribeMap(env, map->map);
}

Napi::Value Object::PinMap(const Napi::CallbackInfo& info) {
  const Map* map = MapAt(info);
  if (!map) return info.Env().Undefined();
  LogCapture capture;
  Check(info, "pin", PinAt(Lib().bpf_map__fd(map->map), info[1].ToString().Utf8Value()), capture);
  return info.Env().Undefined();
}

}  // namespace wbpf
