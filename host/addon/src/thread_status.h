// What /proc says of the threads of this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace wbpf {

// Capability sets are masks, bit n standing for capability n of linux/capability.h.
struct ThreadStatus {
  std::string name;
  uint64_t inheritable = ~uint64_t{0};
  uint64_t permitted = ~uint64_t{0};
  uint64_t effective = ~uint64_t{0};
  uint64_t bounding = ~uint64_t{0};
  uint64_t ambient = ~uint64_t{0};
  bool no_new_privileges = false;
};

// Empty if /proc cannot be read.
std::vector<pid_t> ListThreads();

// False if there is no such thread any more.
bool ReadThreadStatus(pid_t thread, ThreadStatus* status);

}  // namespace wbpf
