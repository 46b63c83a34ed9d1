// Programs that see packets.
#include <fcntl.h>
#include <linux/if_link.h>

#include "attach/link_create.h"

namespace wbpf {
namespace {

// By direction as the request has it, else as the section said.
uint32_t Side(const bpf_program* program, const std::string& wanted, const char* second_name,
              AttachType first, AttachType second) {
  const auto declared = static_cast<uint32_t>(Lib().bpf_program__expected_attach_type(program));
  if (wanted.empty()) {
    return declared == static_cast<uint32_t>(second) ? declared : static_cast<uint32_t>(first);
  }
  return static_cast<uint32_t>(wanted == second_name ? second : first);
}

}  // namespace

Outcome AttachXdp(const bpf_program* program, const Request& request, Attached* attached) {
  LinkCreate link(Lib().bpf_program__fd(program), request.Word("ifindex"), BPF_XDP);
  link.flags = request.Word("flags");
  return link.Create(attached);
}

Outcome AttachTcx(const bpf_program* program, const Request& request, Attached* attached) {
  LinkCreate link(Lib().bpf_program__fd(program), request.Word("ifindex"),
                  Side(program, request.Text("direction"), "egress", AttachType::kTcxIngress,
                       AttachType::kTcxEgress));
  link.flags = request.Word("flags");
  return link.Create(attached);
}

Outcome AttachNetkit(const bpf_program* program, const Request& request, Attached* attached) {
  LinkCreate link(Lib().bpf_program__fd(program), request.Word("ifindex"),
                  Side(program, request.Text("side"), "peer", AttachType::kNetkitPrimary,
                       AttachType::kNetkitPeer));
  link.flags = request.Word("flags");
  return link.Create(attached);
}

Outcome AttachNetfilter(const bpf_program* program, const Request& request, Attached* attached) {
  LinkCreate link(Lib().bpf_program__fd(program), 0, static_cast<uint32_t>(AttachType::kNetfilter));
  link.netfilter.protocol_family = request.Word("protocolFamily");
  link.netfilter.hook = request.Word("hook");
  link.netfilter.priority = request.Number("priority");
  link.netfilter.flags = request.Word("flags");
  return link.Create(attached);
}

Outcome AttachNetns(const bpf_program* program, const Request& request, Attached* attached) {
  const UniqueFd netns(open(request.Text("path").c_str(), O_RDONLY | O_CLOEXEC));
  if (!netns.valid()) return Outcome(-errno, "open");
  return Adopt(Lib().bpf_program__attach_netns(program, netns.get()), attached);
}

}  // namespace wbpf
