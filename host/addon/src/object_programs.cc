// The part of Object that is about its programs.
#include <errno.h>

#include "attach/attach.h"
#include "bind.h"
#include "capture.h"
#include "control.h"
#include "describe.h"
#include "failure.h"
#include "object.h"
#include "test_run.h"

namespace wbpf {
void Object::AddPrograms(js::Object* object) {
  SetMethod<&Object::Attach>(object, "attach");
  SetMethod<&Object::AttachTo>(object, "attachTo");
  SetMethod<&Object::TestRun>(object, "testRun");
  SetMethod<&Object::SetProgram>(object, "setProgram");
  SetMethod<&Object::SetAttachTarget>(object, "setAttachTarget");
  SetMethod<&Object::ProgramFd>(object, "programFd");
  SetMethod<&Object::ProgramInfo>(object, "programInfo");
  SetMethod<&Object::PinProgram>(object, "pinProgram");
}

js::Value Object::Attach(const js::Call& info) {
  const napi_env env = info.env();
  const bpf_program* program = ProgramAt(info);
  if (!program) return {};
  if (Lib().bpf_program__fd(program) < 0) {
    Throw(env, "unloaded", EBADF);
    return {};
  }
  LogCapture capture;
  Attached attached;
  const Outcome outcome = Lib().bpf_program__fd(program) < 0
                              ? Outcome(-EBADF, "unloaded")
                              : Adopt(Lib().bpf_program__attach(program), &attached);
  if (outcome.error < 0) {
    Throw(env, outcome.step, outcome.error, &capture);
    return {};
  }
  return Keep(env, std::move(attached));
}

js::Value Object::AttachTo(const js::Call& info) {
  const napi_env env = info.env();
  const bpf_program* program = ProgramAt(info);
  if (!program) return {};
  const Request request(info[1]);
  const AttachFunction attach = FindAttach(request.Text("kind"));
  LogCapture capture;
  Attached attached;
  Outcome outcome = -EINVAL;
  if (attach) {
    outcome = Lib().bpf_program__fd(program) < 0 ? Outcome(-EBADF, "unloaded")
                                                 : attach(program, request, &attached);
  }
  if (outcome.error < 0) {
    Throw(env, outcome.step, outcome.error, &capture);
    return {};
  }
  return Keep(env, std::move(attached));
}

js::Value Object::TestRun(const js::Call& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return {};
  return RunTest(info.env(), program, info[1]);
}

js::Value Object::SetProgram(const js::Call& info) {
  const napi_env env = info.env();
  bpf_program* program = ProgramAt(info);
  if (!program) return {};
  LogCapture capture;
  const int error = loaded_ ? -EBUSY : wbpf::SetProgram(program, info[1].Text(), info[2].Uint32());
  Check(info, "set", error, capture);
  return error < 0 ? js::Value() : DescribeProgram(env, program);
}

js::Value Object::SetAttachTarget(const js::Call& info) {
  bpf_program* program = ProgramAt(info);
  if (!program) return {};
  const int target = info[1].Int32();
  const std::string name = info[2].Text();
  LogCapture capture;
  // libbpf takes 0 for "no program": the kernel's own functions.
  const int error = loaded_ ? -EBUSY
                            : Lib().bpf_program__set_attach_target(program, target < 0 ? 0 : target,
                                                                   name.c_str());
  Check(info, "set", error, capture);
  return {};
}

js::Value Object::ProgramFd(const js::Call& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return {};
  return js::Number(info.env(), Lib().bpf_program__fd(program));
}

js::Value Object::ProgramInfo(const js::Call& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return {};
  return wbpf::ProgramInfo(info.env(), Lib().bpf_program__fd(program));
}

js::Value Object::PinProgram(const js::Call& info) {
  bpf_program* program = ProgramAt(info);
  if (!program) return {};
  LogCapture capture;
  Check(info, "pin", PinAt(Lib().bpf_program__fd(program), info[1].Text()), capture);
  return {};
}

}  // namespace wbpf
