#include "attach/attach.h"

namespace wbpf {
namespace {

struct Kind {
  const char* name;
  AttachFunction attach;
};

constexpr Kind kKinds[] = {
    {"tracepoint", AttachTracepoint},
    {"raw-tracepoint", AttachRawTracepoint},
    {"trace", AttachTrace},
    {"lsm", AttachLsm},
    {"freplace", AttachFreplace},
    {"kprobe", AttachKprobe},
    {"kprobe-multi", AttachKprobeMulti},
    {"ksyscall", AttachKsyscall},
    {"uprobe", AttachUprobe},
    {"uprobe-multi", AttachUprobeMulti},
    {"usdt", AttachUsdt},
    {"perf-event", AttachPerfEvent},
    {"iter", AttachIterator},
    {"xdp", AttachXdp},
    {"tc", AttachTc},
    {"tcx", AttachTcx},
    {"netkit", AttachNetkit},
    {"netfilter", AttachNetfilter},
    {"netns", AttachNetns},
    {"cgroup", AttachCgroup},
    {"sockmap", AttachSockmap},
    {"socket-filter", AttachSocketFilter},
};

}  // namespace

AttachFunction FindAttach(const std::string& kind) {
  for (const Kind& known : kKinds) {
    if (kind == known.name) return known.attach;
  }
  return nullptr;
}

}  // namespace wbpf
