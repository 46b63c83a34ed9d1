// Attaching a program to a place that the module names: what its SEC() alone does not say.
#pragma once

#include <memory>
#include <string>

#include "libbpf.h"
#include "link.h"

namespace wbpf {

// `target` depends on the program's type:
//   XDP                              an interface
//   SCHED_CLS (tc)                   an interface, or "INTERFACE/egress"
//   SOCKET_FILTER                    an interface, whose packets the filter then sees
//   SOCK_OPS, CGROUP_*               the path of a cgroup (v2)
//   uprobes (KPROBE)                 "PATH:FUNCTION[+OFFSET]", or PATH if the section names the
//   rest
// Other types, and an empty target: as bpf_program__attach(). Returns 0 or a negative errno:
// -ENODEV for an interface that does not exist, -EINVAL for a target that cannot be read.
int AttachTo(const bpf_program* program, const std::string& target, std::shared_ptr<Link>* link);

}  // namespace wbpf
