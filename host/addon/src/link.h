// An attached program.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <utility>

#include "libbpf.h"

namespace wbpf {

class Link {
 public:
  explicit Link(bpf_link* link) : link_(link) {}
  // For what libbpf has no link for. `detach` is called once, and returns 0 or a negative errno.
  explicit Link(std::function<int()> detach) : detach_(std::move(detach)) {}
  ~Link() { Close(); }

  Napi::Value Destroy(const Napi::CallbackInfo& info);
  // Detaches. The link is gone even if the kernel complains.
  int Close();
  bool attached() const { return link_ != nullptr || detach_ != nullptr; }

 private:
  struct Destroyer {
    void operator()(bpf_link* link) const { Lib().bpf_link__destroy(link); }
  };
  std::unique_ptr<bpf_link, Destroyer> link_;
  std::function<int()> detach_;
};

}  // namespace wbpf
