#include "kernel_types.h"

#include <errno.h>

#include "capture.h"

namespace wbpf {

int KernelTypes::Find(const std::string& name, uint32_t kind, const std::string& module) {
  const Libbpf& lib = Lib();
  LogCapture silent;
  if (!kernel_) kernel_.reset(lib.btf__load_vmlinux_btf());
  if (!kernel_) return -errno;
  Types own;
  if (!module.empty()) {
    own.reset(lib.btf__load_module_btf(module.c_str(), kernel_.get()));
    if (!own) return -errno;
  }
  const btf* types = own ? own.get() : kernel_.get();
  return kind == 0 ? lib.btf__find_by_name(types, name.c_str())
                   : lib.btf__find_by_name_kind(types, name.c_str(), kind);
}

void KernelTypes::Close() { kernel_.reset(); }

}  // namespace wbpf
