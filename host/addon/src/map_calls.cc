#include "map_calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind.h"
#include "fd.h"

namespace wbpf {

void AddMapCalls(js::Object* object) {
  SetNumbers<3, &MapCalls::UpdateDescriptor>(object, "updateDescriptor");
  SetNumbers<3, &MapCalls::UpdatePair>(object, "updatePair");
  SetNumbers<3, &MapCalls::LookupOf>(object, "lookupOf");
  SetNumbers<3, &MapCalls::UpdateOf>(object, "updateOf");
  SetNumbers<1, &MapCalls::DeleteOf>(object, "deleteOf");
  SetNumbers<2, &MapCalls::Batch>(object, "batch");
  SetNumbers<0, &MapCalls::Freeze>(object, "freeze");
}

js::Value OpenPidfd(const js::Call& info) {
  const long fd = syscall(__NR_pidfd_open, info[0].Int32(), 0);
  return js::Number(info.env(), fd < 0 ? -errno : static_cast<int>(fd));
}

js::Value CloseDescriptor(const js::Call& info) {
  UniqueFd(info[0].Int32()).Reset();
  return {};
}

}  // namespace wbpf
