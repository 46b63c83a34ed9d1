// Programs that the kernel calls for each of its objects of a kind, when the link's iterator is
// read.
#include <fcntl.h>

#include "attach/attach.h"

namespace wbpf {

Outcome AttachIterator(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_iter_link_info info{};
  bpf_iter_attach_opts options{};
  options.sz = sizeof options;
  UniqueFd cgroup;
  if (request.Has("mapFd")) {
    info.map.map_fd = request.Word("mapFd");
    options.link_info = &info;
  } else if (request.Has("cgroup")) {
    cgroup.Reset(open(request.Text("cgroup").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!cgroup.valid()) return Outcome(-errno, "open");
    info.cgroup.cgroup_fd = static_cast<uint32_t>(cgroup.get());
    info.cgroup.order = static_cast<bpf_cgroup_iter_order>(request.Number("order"));
    options.link_info = &info;
  } else if (request.Has("tid") || request.Has("pid")) {
    info.task.tid = request.Word("tid");
    info.task.pid = request.Word("pid");
    options.link_info = &info;
  }
  if (options.link_info) options.link_info_len = sizeof info;
  return Adopt(Lib().bpf_program__attach_iter(program, &options), attached);
}

}  // namespace wbpf
