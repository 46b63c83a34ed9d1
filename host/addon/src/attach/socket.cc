// Programs that steer sockets: those of a cgroup, of a sockmap, and packet sockets of our own.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "attach/link_create.h"

namespace wbpf {
namespace {

UniqueFd Duplicate(int fd) { return UniqueFd(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

// BPF_PROG_ATTACH, which no descriptor undoes. The duplicates keep both alive until it is undone.
class PlainAttachment : public Attachment {
 public:
  PlainAttachment(UniqueFd program, UniqueFd target, enum bpf_attach_type type)
      : program_(std::move(program)), target_(std::move(target)), type_(type) {}
  ~PlainAttachment() override { Detach(); }

  int Detach() override {
    if (!program_.valid()) return 0;
    const int error = Lib().bpf_prog_detach2(program_.get(), target_.get(), type_);
    program_.Reset();
    target_.Reset();
    return error;
  }

 private:
  UniqueFd program_;
  UniqueFd target_;
  enum bpf_attach_type type_;
};

}  // namespace

Outcome AttachCgroup(const bpf_program* program, const Request& request, Attached* attached) {
  const UniqueFd folder(open(request.Text("path").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) return Outcome(-errno, "open");
  return Adopt(Lib().bpf_program__attach_cgroup(program, folder.get()), attached);
}

Outcome AttachSockmap(const bpf_program* program, const Request& request, Attached* attached) {
  const int program_fd = Lib().bpf_program__fd(program);
  const int map_fd = request.Number("mapFd", -1);
  const enum bpf_attach_type type = Lib().bpf_program__expected_attach_type(program);
  const LinkCreate link(program_fd, static_cast<uint32_t>(map_fd), static_cast<uint32_t>(type));
  // There are links for it since Linux 6.10.
  const Outcome linked = link.Create(attached);
  if (linked.error != -EINVAL && linked.error != -EOPNOTSUPP) return linked;

  UniqueFd program_copy = Duplicate(program_fd);
  UniqueFd map_copy = Duplicate(map_fd);
  if (!program_copy.valid() || !map_copy.valid()) return -errno;
  const int error = Lib().bpf_prog_attach(program_fd, map_fd, type, 0);
  if (error < 0) return error;
  *attached = std::make_unique<PlainAttachment>(std::move(program_copy), std::move(map_copy), type);
  return 0;
}

Outcome AttachSocketFilter(const bpf_program* program, const Request& request, Attached* attached) {
  // Protocol 0: nothing is queued before the filter is there and the interface is chosen.
  UniqueFd packets(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!packets.valid()) return Outcome(-errno, "socket");
  const int fd = Lib().bpf_program__fd(program);
  if (setsockopt(packets.get(), SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof fd) < 0) return -errno;
  // What the program accepts is queued, and nobody reads it: the least that the kernel grants.
  const int least = 0;
  setsockopt(packets.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = request.Number("ifindex");
  if (bind(packets.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) return -errno;
  *attached = std::make_unique<HeldDescriptor>(std::move(packets));
  return 0;
}

}  // namespace wbpf
