#include "meter.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "environment.h"

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

// Two threads share a meter, and each holds it for itself: there is one of a module, so a finalizer
// that waits for the event loop is no burden.
js::Object ObjectOf(napi_env env, const std::shared_ptr<Meter>& meter) {
  const napi_finalize release = [](napi_env, void* data, void*) {
    std::unique_ptr<std::shared_ptr<Meter>> held(static_cast<std::shared_ptr<Meter>*>(data));
  };
  auto hold = std::make_unique<std::shared_ptr<Meter>>(meter);
  js::Object object(env);
  napi_value owner = nullptr;
  if (napi_create_external(env, hold.get(), release, nullptr, &owner) == napi_ok) {
    (void)hold.release();
    object.Set("owner", js::Value(env, owner));
  }
  return object;
}

template <js::Value (Meter::*method)(const js::Call&)>
napi_value CallMeter(napi_env env, napi_callback_info info) {
  const js::Call call(env, info);
  const js::Value owner = call.self().Get("owner");
  void* held = nullptr;
  if (!owner || napi_get_value_external(env, owner, &held) != napi_ok || !held) return nullptr;
  const std::shared_ptr<Meter> meter = *static_cast<std::shared_ptr<Meter>*>(held);
  return ((*meter).*method)(call);
}

template <js::Value (Meter::*method)(const js::Call&)>
void SetMethod(js::Object* object, const char* name) {
  Environment* environment = Environment::Of(object->env());
  if (environment) object->Set(name, environment->Function(name, &CallMeter<method>, nullptr));
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
  paused_turn_ = turn_.load(std::memory_order_relaxed);
  paused_at_ = TurnNow();
  if (paused_turn_ == 0) return;
  frozen_.store(std::max<int64_t>(1, paused_at_ - paused_turn_), std::memory_order_relaxed);
  turn_.store(0, std::memory_order_release);
}

void Meter::Resume() {
  if (!timed_ || pauses_ == 0 || --pauses_ > 0) return;
  if (paused_turn_ == 0) return;
  turn_.store(paused_turn_ + TurnNow() - paused_at_, std::memory_order_relaxed);
  frozen_.store(0, std::memory_order_release);
}

int64_t Meter::Turn() const {
  // Looked at twice: it may be resumed between the two.
  for (int look = 0; look < 2; look++) {
    const int64_t began = turn_.load(std::memory_order_acquire);
    if (began != 0) return std::max<int64_t>(0, TurnNow() - began);
    const int64_t frozen = frozen_.load(std::memory_order_acquire);
    if (frozen != 0) return frozen;
  }
  return -1;
}

void Meter::Refill() {
  const int64_t now = Now();
  const double earned = static_cast<double>(now - refilled_at_) * rate_ / kNsPerSecond;
  tokens_ = std::min(std::max(1.0, rate_ * kBurstSeconds), tokens_ + earned);
  refilled_at_ = now;
}

uint32_t Meter::Allowance() {
  if (rate_ <= 0) return kNoBound;
  // As long as there is plenty the clock is not looked at.
  if (tokens_ * 2 < std::max(1.0, rate_ * kBurstSeconds)) Refill();
  return static_cast<uint32_t>(std::min<double>(tokens_, kNoBound - 1));
}

void Meter::Took(uint32_t records) {
  // Nobody else writes it.
  records_.store(records_.load(std::memory_order_relaxed) + records, std::memory_order_relaxed);
  if (rate_ > 0) tokens_ -= records;
}

int64_t Meter::UntilAllowance() {
  if (rate_ <= 0) return 0;
  Refill();
  if (tokens_ >= 1) return 0;
  // Rounded up, so that the wait is not over too early.
  return static_cast<int64_t>((1 - tokens_) * kNsPerSecond / rate_) + 1;
}

js::Value Meter::Create(const js::Call& info) {
  const napi_env env = info.env();
  const std::shared_ptr<Meter> meter(new Meter(info[0].Double(), info[1].Flag()));
  {
    Registry& registry = All();
    const std::lock_guard<std::mutex> lock(registry.mutex);
    do {
      meter->id_ = ++registry.last;
    } while (meter->id_ == 0 || registry.meters.count(meter->id_) != 0);
    registry.meters.emplace(meter->id_, meter);
  }
  js::Object object = ObjectOf(env, meter);
  object.Set("id", meter->id_);
  SetMethod<&Meter::CpuMs>(&object, "cpuMs");
  SetMethod<&Meter::TurnMs>(&object, "turnMs");
  SetMethod<&Meter::Records>(&object, "records");
  SetMethod<&Meter::Throttled>(&object, "throttled");
  SetMethod<&Meter::Close>(&object, "close");
  return object;
}

js::Value Meter::Adopt(const js::Call& info) {
  const napi_env env = info.env();
  const std::shared_ptr<Meter> meter = Find(info[0].Uint32());
  clockid_t clock;
  if (!meter || pthread_getcpuclockid(pthread_self(), &clock) != 0) return {};
  meter->cpu_at_start_.store(Read(clock));
  meter->clock_.store(clock);
  meter->adopted_.store(true);
  meter->EndWait();
  js::Object object = ObjectOf(env, meter);
  SetMethod<&Meter::PauseFromJavaScript>(&object, "pause");
  SetMethod<&Meter::ResumeFromJavaScript>(&object, "resume");
  return object;
}

void Meter::Settle() { cpu_in_all_.store(Used()); }

int64_t Meter::Used() const {
  const int64_t in_all = cpu_in_all_.load();
  if (in_all >= 0) return in_all;
  if (!adopted_.load()) return 0;
  return std::max<int64_t>(0, Read(clock_.load()) - cpu_at_start_.load());
}

js::Value Meter::CpuMs(const js::Call& info) {
  return js::Number(info.env(), static_cast<double>(Used()) / 1e6);
}

js::Value Meter::TurnMs(const js::Call& info) {
  const int64_t turn = Turn();
  if (turn < 0) return js::Number(info.env(), -1);
  timespec tick;
  clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
  // It may have begun a tick later than its clock said: never more than it was.
  const int64_t lasted = std::max<int64_t>(0, turn - tick.tv_nsec);
  return js::Number(info.env(), static_cast<double>(lasted) / 1e6);
}

js::Value Meter::Records(const js::Call& info) {
  return js::Number(info.env(), static_cast<double>(records_.load()));
}

js::Value Meter::Throttled(const js::Call& info) {
  return js::Number(info.env(), static_cast<double>(throttled_.load()));
}

js::Value Meter::Close(const js::Call&) {
  Registry& registry = All();
  const std::lock_guard<std::mutex> lock(registry.mutex);
  registry.meters.erase(id_);
  return {};
}

js::Value Meter::PauseFromJavaScript(const js::Call&) {
  Pause();
  return {};
}

js::Value Meter::ResumeFromJavaScript(const js::Call&) {
  Resume();
  return {};
}

}  // namespace wbpf
