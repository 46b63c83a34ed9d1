#include "attach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fd.h"

namespace wbpf {
namespace {

bool StartsWith(const std::string& text, const char* prefix) {
  return text.compare(0, strlen(prefix), prefix) == 0;
}

// What libbpf's functions of the form "link or null and errno" give.
int Adopt(bpf_link* attached, std::shared_ptr<Link>* link) {
  if (!attached) return -errno;
  *link = std::make_shared<Link>(attached);
  return 0;
}

int Interface(const std::string& name, int* index) {
  *index = static_cast<int>(if_nametoindex(name.c_str()));
  return *index == 0 ? -ENODEV : 0;
}

int AttachXdp(const bpf_program* program, const std::string& target, std::shared_ptr<Link>* link) {
  int index;
  const int error = Interface(target, &index);
  return error < 0 ? error : Adopt(Lib().bpf_program__attach_xdp(program, index), link);
}

int AttachCgroup(const bpf_program* program, const std::string& target,
                 std::shared_ptr<Link>* link) {
  const UniqueFd folder(open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return -errno;
  return Adopt(Lib().bpf_program__attach_cgroup(program, folder.get()), link);
}

int AttachTc(const bpf_program* program, const std::string& target, std::shared_ptr<Link>* link) {
  const size_t slash = target.find('/');
  const std::string direction = slash == std::string::npos ? "ingress" : target.substr(slash + 1);
  if (direction != "ingress" && direction != "egress") return -EINVAL;
  bpf_tc_hook hook{};
  hook.sz = sizeof hook;
  int error = Interface(target.substr(0, slash), &hook.ifindex);
  if (error < 0) return error;
  hook.attach_point = static_cast<bpf_tc_attach_point>(BPF_TC_INGRESS | BPF_TC_EGRESS);
  // The qdisc may serve others too, so it stays when the program goes.
  error = Lib().bpf_tc_hook_create(&hook);
  if (error < 0 && error != -EEXIST) return error;
  hook.attach_point = direction == "egress" ? BPF_TC_EGRESS : BPF_TC_INGRESS;
  bpf_tc_opts options{};
  options.sz = sizeof options;
  options.prog_fd = Lib().bpf_program__fd(program);
  error = Lib().bpf_tc_attach(&hook, &options);
  if (error < 0) return error;
  *link = std::make_shared<Link>(
      [hook, handle = options.handle, priority = options.priority]() mutable {
        bpf_tc_opts filter{};
        filter.sz = sizeof filter;
        filter.handle = handle;
        filter.priority = priority;
        return Lib().bpf_tc_detach(&hook, &filter);
      });
  return 0;
}

int AttachSocketFilter(const bpf_program* program, const std::string& target,
                       std::shared_ptr<Link>* link) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  int index;
  const int error = Interface(target, &index);
  if (error < 0) return error;
  address.sll_ifindex = index;
  // Protocol 0: nothing is queued before the filter is there and the interface is chosen.
  auto packets = std::make_shared<UniqueFd>(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  const int fd = Lib().bpf_program__fd(program);
  if (!packets->valid() ||
      setsockopt(packets->get(), SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof fd) < 0 ||
      bind(packets->get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
    return -errno;
  }
  *link = std::make_shared<Link>([packets] {
    packets->Reset();
    return 0;
  });
  return 0;
}

int AttachUprobe(const bpf_program* program, const std::string& section, const std::string& target,
                 std::shared_ptr<Link>* link) {
  // Both the target and what follows "uprobe/" in the section are "path:function+offset".
  std::string path = target;
  std::string place;
  const size_t colon = target.rfind(':');
  if (colon != std::string::npos) {
    path = target.substr(0, colon);
    place = target.substr(colon + 1);
  } else if (const size_t named = section.rfind(':'); named != std::string::npos) {
    place = section.substr(named + 1);
  }
  size_t offset = 0;
  if (const size_t plus = place.rfind('+'); plus != std::string::npos) {
    char* end = nullptr;
    offset = strtoul(place.c_str() + plus + 1, &end, 0);
    if (*end != '\0' || end == place.c_str() + plus + 1) return -EINVAL;
    place.resize(plus);
  }
  if (path.empty() || place.empty()) return -EINVAL;
  bpf_uprobe_opts options{};
  options.sz = sizeof options;
  options.func_name = place.c_str();
  options.retprobe = StartsWith(section, "uret");
  constexpr int kEveryProcess = -1;
  return Adopt(
      Lib().bpf_program__attach_uprobe_opts(program, kEveryProcess, path.c_str(), offset, &options),
      link);
}

}  // namespace

int AttachTo(const bpf_program* program, const std::string& target, std::shared_ptr<Link>* link) {
  const std::string section = Lib().bpf_program__section_name(program);
  if (!target.empty()) {
    switch (Lib().bpf_program__type(program)) {
      case BPF_PROG_TYPE_XDP:
        return AttachXdp(program, target, link);
      case BPF_PROG_TYPE_SCHED_CLS:
        return AttachTc(program, target, link);
      case BPF_PROG_TYPE_SOCKET_FILTER:
        return AttachSocketFilter(program, target, link);
      case BPF_PROG_TYPE_SOCK_OPS:
      case BPF_PROG_TYPE_CGROUP_SKB:
      case BPF_PROG_TYPE_CGROUP_SOCK:
      case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
      case BPF_PROG_TYPE_CGROUP_SOCKOPT:
      case BPF_PROG_TYPE_CGROUP_SYSCTL:
      case BPF_PROG_TYPE_CGROUP_DEVICE:
        return AttachCgroup(program, target, link);
      case BPF_PROG_TYPE_KPROBE:
        if (StartsWith(section, "uprobe") || StartsWith(section, "uretprobe")) {
          return AttachUprobe(program, section, target, link);
        }
        break;
      default:
        break;
    }
  }
  return Adopt(Lib().bpf_program__attach(program), link);
}

}  // namespace wbpf
