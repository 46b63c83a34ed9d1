// Programs that watch the kernel at places that were made for it, or that stand in for a function.
#include <string.h>

#include "attach/attach.h"
#include "syscall.h"

namespace wbpf {

Outcome AttachTracepoint(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_tracepoint_opts options{};
  options.sz = sizeof options;
  options.bpf_cookie = request.Wide("cookie");
  return Adopt(Lib().bpf_program__attach_tracepoint_opts(program, request.Text("category").c_str(),
                                                         request.Text("name").c_str(), &options),
               attached);
}

Outcome AttachRawTracepoint(const bpf_program* program, const Request& request,
                            Attached* attached) {
  const std::string name = request.Text("name");
  const uint64_t cookie = request.Wide("cookie");
  if (cookie == 0) {
    return Adopt(Lib().bpf_program__attach_raw_tracepoint(program, name.c_str()), attached);
  }
  // The member `raw_tracepoint` of union bpf_attr since Linux 6.10.
  struct {
    uint64_t name;
    uint32_t program;
    uint32_t unused;
    uint64_t cookie;
  } open{reinterpret_cast<uint64_t>(name.c_str()),
         static_cast<uint32_t>(Lib().bpf_program__fd(program)), 0, cookie};
  UniqueFd fd(static_cast<int>(syscall(__NR_bpf, BPF_RAW_TRACEPOINT_OPEN, &open, sizeof open)));
  if (!fd.valid()) return -errno;
  *attached = std::make_unique<KernelLink>(std::move(fd));
  return 0;
}

Outcome AttachTrace(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_trace_opts options{};
  options.sz = sizeof options;
  options.cookie = request.Wide("cookie");
  return Adopt(Lib().bpf_program__attach_trace_opts(program, &options), attached);
}

Outcome AttachLsm(const bpf_program* program, const Request&, Attached* attached) {
  return Adopt(Lib().bpf_program__attach_lsm(program), attached);
}

Outcome AttachFreplace(const bpf_program* program, const Request& request, Attached* attached) {
  return Adopt(Lib().bpf_program__attach_freplace(program, request.Number("targetFd", -1),
                                                  request.Text("function").c_str()),
               attached);
}

}  // namespace wbpf
