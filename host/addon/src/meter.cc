#include "meter.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "bind.h"

namespace wbpf {
namespace {

constexpr double kNsPerSecond = 1e9;
// How much of a second's allowance may be used at once.
constexpr double kBurstSeconds = 0.1;

// The addon is loaded by the main thread and by every Worker, and this is theirs together.
struct Registry {
  std::mutex mutex;
  std::map<uint32_t, std::shared_ptr<Meter>> meters;
  uint32_t last = 0;
};

// Never destroyed: threads may outlive the end of main().
Registry& All() {
  static Registry& registry = *new Registry;
  return registry;
}

}  // namespace

Meter::Meter(double events_per_second, bool timed)
    : timed_(timed),
      rate_(events_per_second),
      tokens_(std::max(1.0, events_per_second * kBurstSeconds)),
      refilled_at_(Now()) {}

std::shared_ptr<Meter> Meter::Find(uint32_t id) {
  Registry& registry = All();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  const auto found = registry.meters.find(id);
  return found == registry.meters.end() ? nullptr : found->second;
}

int64_t Meter::Read(clockid_t clock) {
  timespec now;
  if (clock_gettime(clock, &now) != 0) return -1;
  return static_cast<int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
}

void Meter::Pause() {
  if (!timed_ || pauses_++ > 0) return;
  paused_turn_ = turn_.exchange(0, std::memory_order_relaxed);
  paused_at_ = Now();
}

void Meter::Resume() {
  if (!timed_ || pauses_ == 0 || --pauses_ > 0) return;
  if (paused_turn_ != 0) {
    turn_.store(paused_turn_ + Now() - paused_at_, std::memory_order_relaxed);
  }
}

void Meter::Refill() {
  const int64_t now = Now();
  const double earned = static_cast<double>(now - refilled_at_) * rate_ / kNsPerSecond;
  tokens_ = std::min(std::max(1.0, rate_ * kBurstSeconds), tokens_ + earned);
  refilled_at_ = now;
}

uint32_t Meter::Allowance() {
  if (rate_ <= 0) return kNoBound;
  Refill();
  return static_cast<uint32_t>(std::min<double>(tokens_, kNoBound - 1));
}

void Meter::Took(uint32_t records) {
  records_.fetch_add(records, std::memory_order_relaxed);
  if (rate_ > 0) tokens_ -= records;
}

int64_t Meter::UntilAllowance() {
  if (rate_ <= 0) return 0;
  Refill();
  if (tokens_ >= 1) return 0;
  // Rounded up, so that the wait is not over too early.
  return static_cast<int64_t>((1 - tokens_) * kNsPerSecond / rate_) + 1;
}

Napi::Value Meter::Create(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Meter> meter(
      new Meter(info[0].ToNumber().DoubleValue(), info[1].ToBoolean().Value()));
  {
    Registry& registry = All();
    const std::lock_guard<std::mutex> lock(registry.mutex);
    do {
      meter->id_ = ++registry.last;
    } while (meter->id_ == 0 || registry.meters.count(meter->id_) != 0);
    registry.meters.emplace(meter->id_, meter);
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("id", Napi::Number::New(env, meter->id_));
  object.Set("cpuMs", BindMethod<&Meter::CpuMs>(env, "cpuMs", meter));
  object.Set("turnMs", BindMethod<&Meter::TurnMs>(env, "turnMs", meter));
  object.Set("records", BindMethod<&Meter::Records>(env, "records", meter));
  object.Set("throttled", BindMethod<&Meter::Throttled>(env, "throttled", meter));
  object.Set("close", BindMethod<&Meter::Close>(env, "close", meter));
  return object;
}

Napi::Value Meter::Adopt(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Meter> meter = Find(info[0].ToNumber().Uint32Value());
  clockid_t clock;
  if (!meter || pthread_getcpuclockid(pthread_self(), &clock) != 0) return env.Undefined();
  meter->cpu_at_start_.store(Read(clock));
  meter->clock_.store(clock);
  meter->adopted_.store(true);
  meter->EndWait();
  Napi::Object object = Napi::Object::New(env);
  object.Set("pause", BindMethod<&Meter::PauseFromJavaScript>(env, "pause", meter));
  object.Set("resume", BindMethod<&Meter::ResumeFromJavaScript>(env, "resume", meter));
  return object;
}

void Meter::Settle() { cpu_in_all_.store(Used()); }

int64_t Meter::Used() const {
  const int64_t in_all = cpu_in_all_.load();
  if (in_all >= 0) return in_all;
  if (!adopted_.load()) return 0;
  return std::max<int64_t>(0, Read(clock_.load()) - cpu_at_start_.load());
}

Napi::Value Meter::CpuMs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(Used()) / 1e6);
}

Napi::Value Meter::TurnMs(const Napi::CallbackInfo& info) {
  const int64_t began = turn_.load(std::memory_order_relaxed);
  return Napi::Number::New(info.Env(), began == 0 ? -1 : static_cast<double>(Now() - began) / 1e6);
}

Napi::Value Meter::Records(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(records_.load()));
}

Napi::Value Meter::Throttled(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(throttled_.load()));
}

Napi::Value Meter::Close(const Napi::CallbackInfo& info) {
  Registry& registry = All();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  registry.meters.erase(id_);
  return info.Env().Undefined();
}

Napi::Value Meter::PauseFromJavaScript(const Napi::CallbackInfo& info) {
  Pause();
  return info.Env().Undefined();
}

Napi::Value Meter::ResumeFromJavaScript(const Napi::CallbackInfo& info) {
  Resume();
  return info.Env().Undefined();
}

}  // namespace wbpf
