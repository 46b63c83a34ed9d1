// What keeps a program attached, by whatever means the kernel has for its kind. Each is detached by
// its destructor at the latest.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "fd.h"
#include "libbpf.h"

namespace wbpf {

class Attachment {
 public:
  virtual ~Attachment() = default;
  // Detaches, once. The attachment is gone even if the kernel complains. 0 or a negative errno.
  virtual int Detach() = 0;
  // The descriptor of its bpf_link, -1 if it has none.
  virtual int fd() const { return -1; }
};

using Attached = std::unique_ptr<Attachment>;

// A link that libbpf made.
class LibbpfLink : public Attachment {
 public:
  explicit LibbpfLink(bpf_link* link) : link_(link) {}
  int Detach() override { return link_ ? Lib().bpf_link__destroy(link_.release()) : 0; }
  int fd() const override { return link_ ? Lib().bpf_link__fd(link_.get()) : -1; }

 private:
  struct Destroyer {
    void operator()(bpf_link* link) const { Lib().bpf_link__destroy(link); }
  };
  std::unique_ptr<bpf_link, Destroyer> link_;
};

// A link that BPF_LINK_CREATE or BPF_RAW_TRACEPOINT_OPEN made.
class KernelLink : public Attachment {
 public:
  explicit KernelLink(UniqueFd fd) : fd_(std::move(fd)) {}
  int Detach() override {
    fd_.Reset();
    return 0;
  }
  int fd() const override { return fd_.get(); }

 private:
  UniqueFd fd_;
};

// A descriptor that is no link, such as a socket with its filter: closing it detaches.
class HeldDescriptor : public Attachment {
 public:
  explicit HeldDescriptor(UniqueFd fd) : fd_(std::move(fd)) {}
  int Detach() override {
    fd_.Reset();
    return 0;
  }

 private:
  UniqueFd fd_;
};

// Several that come and go together.
class AttachmentGroup : public Attachment {
 public:
  explicit AttachmentGroup(std::vector<Attached> parts) : parts_(std::move(parts)) {}
  int Detach() override {
    int first = 0;
    for (const Attached& part : parts_) {
      const int error = part->Detach();
      if (first == 0) first = error;
    }
    parts_.clear();
    return first;
  }

 private:
  std::vector<Attached> parts_;
};

}  // namespace wbpf
