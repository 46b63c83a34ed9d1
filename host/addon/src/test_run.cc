#include "test_run.h"

#include <errno.h>

#include <vector>

#include "failure.h"

namespace wbpf {
namespace {

// More than a frame with its headroom: what the kernel may write back (net/bpf/test_run.c limits a
// linear frame to a page).
constexpr size_t kMostData = 1 << 16;

std::vector<uint8_t> Bytes(const js::Value& value) {
  const js::Bytes bytes(value);
  return std::vector<uint8_t>(bytes.data, bytes.data + bytes.size);
}

js::Value Copy(napi_env env, const std::vector<uint8_t>& bytes, size_t size) {
  return js::CopyOf(env, bytes.data(), std::min(size, bytes.size()));
}

// Programs whose test run takes only a context, and hands it back in place (kernel/bpf/syscall.c,
// net/bpf/test_run.c: any other field is EINVAL).
bool OnlyContext(enum bpf_prog_type type) {
  return type == BPF_PROG_TYPE_SYSCALL || type == BPF_PROG_TYPE_RAW_TRACEPOINT;
}

}  // namespace

js::Value RunTest(napi_env env, const bpf_program* program, const js::Value& request) {
  const int fd = Lib().bpf_program__fd(program);
  if (fd < 0) {
    Throw(env, "testRun", EBADF);
    return {};
  }
  std::vector<uint8_t> context = Bytes(request.Get("context"));
  std::vector<uint8_t> data = Bytes(request.Get("data"));
  const bool only_context = OnlyContext(Lib().bpf_program__type(program));
  std::vector<uint8_t> context_out(only_context ? 0 : context.size());
  std::vector<uint8_t> data_out(data.empty() ? 0 : kMostData);

  bpf_test_run_opts options{};
  options.sz = sizeof options;
  options.ctx_in = context.empty() ? nullptr : context.data();
  options.ctx_size_in = static_cast<uint32_t>(context.size());
  options.ctx_out = context_out.empty() ? nullptr : context_out.data();
  options.ctx_size_out = static_cast<uint32_t>(context_out.size());
  options.data_in = data.empty() ? nullptr : data.data();
  options.data_size_in = static_cast<uint32_t>(data.size());
  options.data_out = data_out.empty() ? nullptr : data_out.data();
  options.data_size_out = static_cast<uint32_t>(data_out.size());
  options.repeat = request.Get("repeat").Int32();

  LogCapture capture;
  const int error = Lib().bpf_prog_test_run_opts(fd, &options);
  if (error < 0) {
    Throw(env, "testRun", error, &capture);
    return {};
  }
  js::Object result(env);
  result.Set("retval", static_cast<double>(options.retval));
  result.Set("context", only_context ? Copy(env, context, context.size())
                                     : Copy(env, context_out, options.ctx_size_out));
  result.Set("data", Copy(env, data_out, options.data_size_out));
  result.Set("duration", static_cast<double>(options.duration));
  return result;
}

}  // namespace wbpf
