// The numbers by which JavaScript knows the objects of the addon. A number needs no finalizer: Node
// runs those only when its event loop turns, which a module that never returns never lets it do.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace wbpf {

// Of one thread, and so of one environment. It owns nothing: an object leaves it when it dies.
template <typename T>
class Table {
 public:
  static Table& OfThread() {
    thread_local Table table;
    return table;
  }

  // A positive number, or 0 if there are too many objects already.
  int32_t Add(T* object) {
    uint32_t index = 0;
    if (!free_.empty()) {
      // The one that was free longest, so that an old number stays recognisable for long.
      index = free_.front();
      free_.pop_front();
    } else if (slots_.size() <= kIndexMask) {
      index = static_cast<uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      return 0;
    }
    Slot& slot = slots_[index];
    slot.object = object;
    slot.generation = slot.generation == kMostGenerations ? 1 : slot.generation + 1;
    return static_cast<int32_t>(slot.generation << kIndexBits | index);
  }

  void Remove(int32_t number) {
    if (!Find(number)) return;
    const uint32_t index = static_cast<uint32_t>(number) & kIndexMask;
    slots_[index].object = nullptr;
    free_.push_back(index);
  }

  // Null for a number that no object has, or has no longer.
  T* Find(int32_t number) const {
    const uint32_t index = static_cast<uint32_t>(number) & kIndexMask;
    if (index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[index];
    return slot.generation == static_cast<uint32_t>(number) >> kIndexBits ? slot.object : nullptr;
  }

 private:
  static constexpr uint32_t kIndexBits = 18;
  static constexpr uint32_t kIndexMask = (1u << kIndexBits) - 1;
  static constexpr uint32_t kMostGenerations = (1u << (31 - kIndexBits)) - 1;

  struct Slot {
    T* object = nullptr;
    uint32_t generation = 0;
  };
  std::vector<Slot> slots_;
  std::deque<uint32_t> free_;
};

// What stands in the table of its kind as long as it lives.
template <typename T>
class Numbered {
 public:
  Numbered() : number_(Table<T>::OfThread().Add(static_cast<T*>(this))) {}
  ~Numbered() { Table<T>::OfThread().Remove(number_); }
  Numbered(const Numbered&) = delete;
  Numbered& operator=(const Numbered&) = delete;

  int32_t number() const { return number_; }

 private:
  int32_t number_;
};

}  // namespace wbpf
