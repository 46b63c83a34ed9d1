// Waiting for records, in a way that a stop always ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include "deadline.h"
#include "guest.h"

namespace wbpf {

class Ring;

// Waits until a ring has a record that is ready. Writes the indexes of those to `ready` and returns
// how many, 0 after the deadline, -ECANCELED on stop, or another negative errno. At most
// kMostRings.
constexpr size_t kMostRings = 64;
int32_t WaitForRings(const Guest& guest, Ring* const* rings, size_t count, int32_t* ready,
                     const Deadline& deadline);

}  // namespace wbpf
