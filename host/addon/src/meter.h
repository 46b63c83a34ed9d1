// What a module uses while it runs: its own thread writes it, and the thread that watches over it
// reads it, also while the module is in an endless loop.
#pragma once

#include <time.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

#include "js.h"

namespace wbpf {

class Meter {
 public:
  static constexpr uint32_t kNoBound = std::numeric_limits<uint32_t>::max();

  // The meter of that number, if it is open. Any thread may ask.
  static std::shared_ptr<Meter> Find(uint32_t id);

  // `createMeter` and `adoptMeter` of NativeAddon in host/src/backend/kernel/native.ts.
  static js::Value Create(const js::Call& info);
  static js::Value Adopt(const js::Call& info);

  // Of the module's thread, all below. A turn is the time from the end of a wait to the next.
  void BeginWait() {
    if (timed_ && pauses_ == 0) turn_.store(0, std::memory_order_relaxed);
  }
  void EndWait() {
    if (timed_ && pauses_ == 0) turn_.store(TurnNow(), std::memory_order_relaxed);
  }
  // What the module waits for without its turn being over: the reader of its output, a verifier.
  void Pause();
  void Resume();

  // The module's thread is about to end, and its clock with it.
  void Settle();

  // How many records may be delivered now.
  uint32_t Allowance();
  void Took(uint32_t records);
  // Nanoseconds until one may be; 0: now.
  int64_t UntilAllowance();
  void NoteThrottled() { throttled_.fetch_add(1, std::memory_order_relaxed); }

 private:
  Meter(double events_per_second, bool timed);
  js::Value CpuMs(const js::Call& info);
  js::Value TurnMs(const js::Call& info);
  js::Value Records(const js::Call& info);
  js::Value Throttled(const js::Call& info);
  js::Value Close(const js::Call& info);
  js::Value PauseFromJavaScript(const js::Call& info);
  js::Value ResumeFromJavaScript(const js::Call& info);

  static int64_t Now() { return Read(CLOCK_MONOTONIC); }
  // Of a tick of the kernel (1 to 10 ms): to look at it costs a fifth, and each wait does.
  static int64_t TurnNow() { return Read(CLOCK_MONOTONIC_COARSE); }
  // Nanoseconds, or -1: there is no such clock, or no longer.
  static int64_t Read(clockid_t clock);
  int64_t Used() const;
  // How long the turn has lasted, in nanoseconds; -1: it is not the module's turn.
  int64_t Turn() const;
  void Refill();

  uint32_t id_ = 0;
  const bool timed_;
  // When the turn began, by the monotonic clock in nanoseconds; 0: it is not the module's turn, or
  // it is suspended.
  std::atomic<int64_t> turn_{0};
  // How long a turn had lasted that is suspended; 0: none is. Whoever looks in a short pause, of
  // which a module can make as many as it likes, has to see the turn all the same.
  std::atomic<int64_t> frozen_{0};
  std::atomic<bool> adopted_{false};
  std::atomic<clockid_t> clock_{0};
  std::atomic<int64_t> cpu_at_start_{0};
  // All that was used; -1: it is still running.
  std::atomic<int64_t> cpu_in_all_{-1};
  std::atomic<uint64_t> records_{0};
  std::atomic<uint64_t> throttled_{0};
  // Of the module's thread alone.
  uint32_t pauses_ = 0;
  int64_t paused_turn_ = 0;
  int64_t paused_at_ = 0;
  const double rate_;
  double tokens_;
  int64_t refilled_at_;
};

// A wait of a metered module, or of one that is not.
class WaitingTurn {
 public:
  explicit WaitingTurn(Meter* meter) : meter_(meter) {
    if (meter_) meter_->BeginWait();
  }
  ~WaitingTurn() {
    if (meter_) meter_->EndWait();
  }
  WaitingTurn(const WaitingTurn&) = delete;
  WaitingTurn& operator=(const WaitingTurn&) = delete;

 private:
  Meter* meter_;
};

// The same for a pause.
class PausedTurn {
 public:
  explicit PausedTurn(Meter* meter) : meter_(meter) {
    if (meter_) meter_->Pause();
  }
  ~PausedTurn() {
    if (meter_) meter_->Resume();
  }
  PausedTurn(const PausedTurn&) = delete;
  PausedTurn& operator=(const PausedTurn&) = delete;

 private:
  Meter* meter_;
};

}  // namespace wbpf
