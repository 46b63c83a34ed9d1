#include "attach/handle.h"

#include <errno.h>
#include <string.h>

#include <algorithm>

#include "bind.h"
#include "failure.h"
#include "syscall.h"

namespace wbpf {
namespace {

// What struct bpf_link_info says of the place, in one number: an interface's index, the id of a
// cgroup or of a map, the inode of a network namespace; 0 for other types. By offset, for headers
// of this system may be older than its kernel (include/uapi/linux/bpf.h of Linux 6.18).
struct LinkInfo {
  uint32_t type;
  uint32_t id;
  uint32_t program;
  uint32_t unused;
  union {
    uint64_t wide[8];
    uint32_t word[16];
  };
};

constexpr uint32_t kTracing = 2, kCgroup = 3, kNetns = 5, kXdp = 6, kStructOps = 9, kNetfilter = 10,
                   kTcx = 11, kNetkit = 13, kSockmap = 14;

uint64_t TargetOf(const LinkInfo& info) {
  switch (info.type) {
    case kCgroup:
      return info.wide[0];
    case kNetns:
    case kXdp:
    case kStructOps:
    case kTcx:
    case kNetkit:
    case kSockmap:
      return info.word[0];
    default:
      return 0;
  }
}

// enum bpf_attach_type, -1 for types of link that do not tell it.
int32_t AttachTypeOf(const LinkInfo& info) {
  switch (info.type) {
    case kTracing:
      return static_cast<int32_t>(info.word[0]);
    case kCgroup:
      return static_cast<int32_t>(info.word[2]);
    case kNetns:
    case kTcx:
    case kNetkit:
    case kSockmap:
      return static_cast<int32_t>(info.word[1]);
    default:
      return -1;
  }
}

}  // namespace

int LinkHandle::Close() {
  iteration_.Reset();
  if (!attached_) return 0;
  const int error = attached_->Detach();
  attached_.reset();
  return error;
}

js::Value LinkHandle::ToJavaScript(napi_env env) const {
  js::Object object = ObjectOf(env, *this);
  SetMethod<&LinkHandle::Destroy, Gone::kNothing>(&object, "destroy");
  SetMethod<&LinkHandle::Detach>(&object, "detach");
  SetMethod<&LinkHandle::Update>(&object, "update");
  SetMethod<&LinkHandle::Pin>(&object, "pin");
  SetMethod<&LinkHandle::Info>(&object, "info");
  SetNumbers<2, &LinkHandle::Read>(&object, "read");
  return object;
}

int LinkHandle::Descriptor(napi_env env) const {
  const int fd = attached_ ? attached_->fd() : -1;
  if (fd < 0) Throw(env, "link", attached_ ? EOPNOTSUPP : EBADF);
  return fd;
}

js::Value LinkHandle::Destroy(const js::Call& info) {
  LogCapture capture;
  const int error = Close();
  if (error < 0) Throw(info.env(), "destroy", error, &capture);
  return {};
}

js::Value LinkHandle::Detach(const js::Call& info) {
  const int fd = Descriptor(info.env());
  if (fd >= 0 && Lib().bpf_link_detach(fd) < 0) Throw(info.env(), "detach", errno);
  return {};
}

js::Value LinkHandle::Update(const js::Call& info) {
  const int fd = Descriptor(info.env());
  const int program = info[0].Int32();
  if (fd >= 0 && Lib().bpf_link_update(fd, program, nullptr) < 0) {
    Throw(info.env(), "update", errno);
  }
  return {};
}

js::Value LinkHandle::Pin(const js::Call& info) {
  const int fd = Descriptor(info.env());
  const std::string path = info[0].Text();
  if (fd >= 0 && Lib().bpf_obj_pin(fd, path.c_str()) < 0) Throw(info.env(), "pin", errno);
  return {};
}

js::Value LinkHandle::Info(const js::Call& info) {
  const napi_env env = info.env();
  const int fd = Descriptor(env);
  if (fd < 0) return {};
  LinkInfo facts;
  const int error = ReadInfo(fd, &facts);
  if (error < 0) {
    Throw(env, "info", error);
    return {};
  }
  js::Object result(env);
  result.Set("type", facts.type);
  result.Set("id", facts.id);
  result.Set("programId", facts.program);
  result.Set("attachType", AttachTypeOf(facts));
  result.Set("target", js::BigInt(env, TargetOf(facts)));
  return result;
}

int32_t LinkHandle::Read(uint32_t buffer, uint32_t capacity) {
  if (!attached_) return -EBADF;
  if (attached_->fd() < 0) return -EOPNOTSUPP;
  if (!guest_->Contains(buffer, capacity)) return -EFAULT;
  if (guest_->StopRequested()) return -ECANCELED;
  if (capacity == 0) return 0;
  if (!iteration_.valid()) {
    iteration_.Reset(Lib().bpf_iter_create(attached_->fd()));
    if (!iteration_.valid()) return -errno;
  }
  // Never more than an i32 can tell.
  const size_t most = std::min<uint32_t>(capacity, 0x7fffffff);
  for (;;) {
    const ssize_t count = read(iteration_.get(), guest_->At(buffer), most);
    if (count > 0) return static_cast<int32_t>(count);
    if (count < 0 && errno == EINTR) continue;
    // EAGAIN: the program skipped very many objects in a row, and the kernel takes a breath.
    if (count < 0 && errno == EAGAIN) {
      if (guest_->StopRequested()) return -ECANCELED;
      continue;
    }
    const int error = count < 0 ? -errno : 0;
    iteration_.Reset();
    return error;
  }
}

}  // namespace wbpf
