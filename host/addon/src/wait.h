// Waiting for records, in a way that a stop always ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include "deadline.h"
#include "guest.h"

namespace wbpf {

class Buffer;

// Waits until a buffer has a record that is ready. Writes the indexes of those to `ready` and
// returns how many, 0 after the deadline, -ECANCELED on stop, or another negative errno. At most
// kMostBuffers.
constexpr size_t kMostBuffers = 64;
int32_t WaitForBuffers(const Guest& guest, Buffer* const* buffers, size_t count, int32_t* ready,
                       const Deadline& deadline);

// Whether a limit of the rate keeps records back that are there.
bool HeldBack(const Guest& guest);

}  // namespace wbpf
