// Programs of traffic control: by tcx where the kernel has it, else as a classic filter.
#include "attach/link_create.h"

namespace wbpf {
namespace {

// A direct-action filter on the clsact queueing discipline. No descriptor holds it.
class TcFilter : public Attachment {
 public:
  TcFilter(const bpf_tc_hook& hook, uint32_t handle, uint32_t priority)
      : hook_(hook), handle_(handle), priority_(priority) {}
  ~TcFilter() override { Detach(); }

  int Detach() override {
    if (!attached_) return 0;
    attached_ = false;
    bpf_tc_opts filter{};
    filter.sz = sizeof filter;
    filter.handle = handle_;
    filter.priority = priority_;
    const int error = Lib().bpf_tc_detach(&hook_, &filter);
    // The interface, or somebody else's `tc`, may have taken it away before.
    return error == -ENOENT || error == -ENODEV || error == -EINVAL ? 0 : error;
  }

 private:
  bpf_tc_hook hook_;
  uint32_t handle_;
  uint32_t priority_;
  bool attached_ = true;
};

Outcome AttachClassic(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_tc_hook hook{};
  hook.sz = sizeof hook;
  hook.ifindex = request.Number("ifindex");
  hook.attach_point = request.Text("direction") == "egress" ? BPF_TC_EGRESS : BPF_TC_INGRESS;
  // The queueing discipline changes nothing by itself, and others may use it: it stays.
  int error = Lib().bpf_tc_hook_create(&hook);
  if (error < 0 && error != -EEXIST) return error;
  bpf_tc_opts options{};
  options.sz = sizeof options;
  options.prog_fd = Lib().bpf_program__fd(program);
  options.handle = request.Word("handle");
  options.priority = request.Word("priority");
  error = Lib().bpf_tc_attach(&hook, &options);
  if (error < 0) return error;
  *attached = std::make_unique<TcFilter>(hook, options.handle, options.priority);
  return 0;
}

}  // namespace

Outcome AttachTc(const bpf_program* program, const Request& request, Attached* attached) {
  const bool classic =
      request.Flag("classic") || request.Word("handle") != 0 || request.Word("priority") != 0;
  if (!classic) {
    const Outcome outcome = AttachTcx(program, request, attached);
    // Before Linux 6.6 the attach type is not known: EINVAL, as bpf(2) has it.
    if (outcome.error != -EINVAL) return outcome;
  }
  return AttachClassic(program, request, attached);
}

}  // namespace wbpf
