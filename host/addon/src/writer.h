// Writing to a descriptor of this process without ever being stuck behind a reader that stalls.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

#include "fd.h"
#include "guest.h"

namespace wbpf {

class Writer {
 public:
  // Writes all. Returns `length`, or a negative errno: -ECANCELED when the guest is asked to stop
  // while the reader stalls.
  int32_t Write(const Guest& guest, int fd, const uint8_t* bytes, uint32_t length);
  void Close() { targets_.clear(); }

 private:
  enum class Kind { kPlain, kSocket, kReopened };
  struct Target {
    dev_t device;
    ino_t inode;
    Kind kind;
    UniqueFd reopened;
  };

  // What `fd` is now: a number may be closed and given again.
  int Find(int fd, Target** target);

  // Waits until `target` may take bytes. 0, or a negative errno.
  int Wait(const Guest& guest, int target);

  std::map<int, Target> targets_;
  // The reader had its chance after the stop.
  bool given_up_ = false;
};

}  // namespace wbpf
