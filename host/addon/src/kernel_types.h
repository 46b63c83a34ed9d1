// The types of the running kernel and of its modules, by name.
#pragma once

#include <memory>
#include <string>

#include "libbpf.h"

namespace wbpf {

class KernelTypes {
 public:
  // The BTF id of a type of the kernel, or of one of its modules, by its name and its BTF_KIND_*
  // (0: any). -ENOENT: there is none; or what libbpf says of the BTF itself.
  int Find(const std::string& name, uint32_t kind, const std::string& module);
  void Close();

 private:
  struct Freer {
    void operator()(btf* types) const { Lib().btf__free(types); }
  };
  using Types = std::unique_ptr<btf, Freer>;

  // Some MB, read at the first question.
  Types kernel_;
};

}  // namespace wbpf
