// An attached program.
#pragma once

#include <napi.h>

#include <memory>

#include "libbpf.h"

namespace wbpf {

class Link {
 public:
  explicit Link(bpf_link* link) : link_(link) {}

  Napi::Value Destroy(const Napi::CallbackInfo& info);
  // Detaches. The link is gone even if the kernel complains.
  int Close();
  bool attached() const { return link_ != nullptr; }

 private:
  struct Destroyer {
    void operator()(bpf_link* link) const { Lib().bpf_link__destroy(link); }
  };
  std::unique_ptr<bpf_link, Destroyer> link_;
};

}  // namespace wbpf
