#include "attach/struct_ops.h"

#include "attach/link_create.h"
#include "map.h"

namespace wbpf {
namespace {

constexpr uint32_t kLinkFlag = 1u << 13;

// The kernel's link, beside libbpf's own record of the map, which must not unregister again.
class StructOpsLink : public Attachment {
 public:
  StructOpsLink(bpf_link* record, UniqueFd fd) : record_(record), fd_(std::move(fd)) {}
  int Detach() override {
    fd_.Reset();
    record_.reset();
    return 0;
  }
  int fd() const override { return fd_.get(); }

 private:
  struct Forget {
    void operator()(bpf_link* record) const {
      Lib().bpf_link__disconnect(record);
      Lib().bpf_link__destroy(record);
    }
  };
  std::unique_ptr<bpf_link, Forget> record_;
  UniqueFd fd_;
};

}  // namespace

int AttachStructOps(const bpf_map* map, Attached* attached) {
  bpf_link* record = Lib().bpf_map__attach_struct_ops(map);
  if (!record) return -errno;
  MapFacts facts;
  const bool linkable =
      ReadMapFacts(Lib().bpf_map__fd(map), &facts) == 0 && (facts.flags & kLinkFlag) != 0;
  // libbpf 1.2 and newer make the kernel's link themselves; libbpf 1.1 gives the map's descriptor.
  if (!linkable || Lib().bpf_link__fd(record) != Lib().bpf_map__fd(map)) {
    *attached = std::make_unique<LibbpfLink>(record);
    return 0;
  }
  const LinkCreate link(Lib().bpf_map__fd(map), 0, static_cast<uint32_t>(AttachType::kStructOps));
  const int created = link.Create();
  auto both = std::make_unique<StructOpsLink>(record, UniqueFd(created));
  if (created < 0) return created;
  *attached = std::move(both);
  return 0;
}

}  // namespace wbpf
