// How a map operation gets its numbers: in memory that JavaScript and the addon share, so that the
// call itself has neither arguments nor a result. After each system call much of what V8 and
// Node-API would run through to hand them over is cold: docs/performance.md.
#pragma once

#include "js.h"
#include "table.h"

namespace wbpf {

class MapCalls;

struct Mailbox {
  struct Words;

  Words* words = nullptr;
  // Of the same thread: looked up once instead of at each call.
  const Table<MapCalls>* maps = nullptr;
  // What JavaScript has of it, which keeps `words`.
  js::Reference object;
};

// openMailbox(): see NativeAddon in host/src/backend/kernel/native.ts. One for each thread.
js::Value OpenMailbox(const js::Call& info);

}  // namespace wbpf
