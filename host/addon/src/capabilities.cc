#include "capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "failure.h"
#include "thread_status.h"

namespace wbpf {
namespace {

// The signal with which the C library makes every thread change its user (SIGSETXID of glibc's
// nptl, and musl's SIGCANCEL): the only kind that a thread cannot block through the library, and
// Node has a thread that blocks all others. Its own handler is put back, and gets what is not ours.
constexpr int kSignal = 33;
constexpr int64_t kLimitNs = 2'000'000'000;
constexpr int kLastCapability = 63;
// SIG_DFL is 0 and SIG_IGN 1.
constexpr uintptr_t kIgnored = 1;
// No root without capabilities gets any by exec(2), setuid(2) or otherwise, and nobody undoes this.
constexpr unsigned long kSecureBits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
    SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

// What the kernel's rt_sigaction takes: the library's own function refuses this signal.
struct KernelAction {
  void (*handler)(int, siginfo_t*, void*);
  unsigned long flags;
#if defined(__x86_64__) || defined(__aarch64__)
  void (*restorer)();
#endif
  uint64_t mask;
};

#if defined(__x86_64__)
constexpr unsigned long kRestorerFlag = 0x04000000;  // SA_RESTORER of asm/signal.h
extern "C" void wbpf_signal_return();
// rt_sigreturn, which a handler returns to: elsewhere the kernel brings its own.
asm(".pushsection .text\n"
    ".hidden wbpf_signal_return\n"
    ".globl wbpf_signal_return\n"
    ".type wbpf_signal_return, @function\n"
    "wbpf_signal_return:\n"
    "  mov $15, %eax\n"
    "  syscall\n"
    ".size wbpf_signal_return, . - wbpf_signal_return\n"
    ".popsection\n");
#endif

int ChangeAction(const KernelAction* next, KernelAction* before) {
  return syscall(__NR_rt_sigaction, kSignal, next, before, sizeof(uint64_t)) < 0 ? -errno : 0;
}

// Of the one drop that is on its way; static, for a signal that comes late.
std::atomic<uint64_t> wanted{0};
std::atomic<int> failure{0};
KernelAction before{};

bool GetSets(__user_cap_data_struct (&sets)[_LINUX_CAPABILITY_U32S_3]) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(__NR_capget, &header, sets) == 0;
}

bool SetSets(const __user_cap_data_struct (&sets)[_LINUX_CAPABILITY_U32S_3]) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(__NR_capset, &header, sets) == 0;
}

// In the calling thread, which may be in a signal handler: raw system calls only.
int DropHere(uint64_t keep) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return errno;
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
  if (!GetSets(sets)) return errno;
  for (auto& set : sets) set.effective = set.permitted;
  if (!SetSets(sets)) return errno;
  // Without CAP_SETPCAP the bounding set stays as it is: no_new_privs makes it mean nothing.
  if ((sets[0].permitted & (1u << CAP_SETPCAP)) != 0) {
    for (int capability = 0; capability <= kLastCapability; capability++) {
      if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) break;
    }
    // Refused in some containers, and no more than a second lock.
    prctl(PR_SET_SECUREBITS, kSecureBits, 0, 0, 0);
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (size_t word = 0; word < std::size(sets); word++) {
    sets[word].permitted &= static_cast<uint32_t>(keep >> (32 * word));
    sets[word].effective = sets[word].permitted;
    sets[word].inheritable = 0;
  }
  return SetSets(sets) ? 0 : errno;
}

void OnSignal(int signal, siginfo_t* info, void* context) {
  const int saved = errno;
  if (info->si_code == SI_QUEUE && info->si_pid == getpid() && info->si_ptr == &wanted) {
    if (const int error = DropHere(wanted.load())) failure.store(error);
  } else if (reinterpret_cast<uintptr_t>(before.handler) > kIgnored) {
    before.handler(signal, info, context);
  }
  errno = saved;
}

int Ask(pid_t thread) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_ptr = &wanted;
  if (syscall(__NR_rt_tgsigqueueinfo, getpid(), thread, kSignal, &info) == 0) return 0;
  // It has ended meanwhile.
  return errno == ESRCH ? 0 : -errno;
}

bool HasOnly(const ThreadStatus& status, uint64_t keep) {
  return status.no_new_privileges && ((status.permitted | status.effective) & ~keep) == 0 &&
         status.inheritable == 0 && status.ambient == 0;
}

int64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// Asks every thread until a whole pass finds none that has more. A thread that is not in that pass
// was made after it began, by one that had dropped already, and has what its maker has.
int DropEverywhere(uint64_t keep, int* count, std::string* culprit) {
  const pid_t self = static_cast<pid_t>(syscall(__NR_gettid));
  if (const int error = DropHere(keep)) return -error;
  std::vector<pid_t> asked;
  for (const int64_t end = Now() + kLimitNs;;) {
    const std::vector<pid_t> threads = ListThreads();
    if (threads.empty()) return -ENOENT;
    bool clean = true;
    for (const pid_t thread : threads) {
      ThreadStatus status;
      if (!ReadThreadStatus(thread, &status) || HasOnly(status, keep)) continue;
      clean = false;
      *culprit = status.name + " (thread " + std::to_string(thread) + ")";
      if (thread == self) return -EPERM;
      if (std::find(asked.begin(), asked.end(), thread) != asked.end()) continue;
      asked.push_back(thread);
      if (const int error = Ask(thread)) return error;
    }
    if (clean) {
      *count = static_cast<int>(threads.size());
      return 0;
    }
    if (const int error = failure.load()) return -error;
    if (Now() > end) return -ETIMEDOUT;
    const timespec pause{0, 50'000};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace

js::Value DropCapabilities(const js::Call& call) {
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  const napi_env env = call.env();
  // What cannot be read must not count as "nothing is kept".
  if (!call[0].Is(napi_bigint)) {
    Throw(env, "capset", EINVAL);
    return {};
  }
  const uint64_t keep = call[0].Wide();

  KernelAction action{};
  action.handler = &OnSignal;
  action.flags = SA_SIGINFO | SA_RESTART;
#if defined(__x86_64__)
  action.flags |= kRestorerFlag;
  action.restorer = &wbpf_signal_return;
#endif
  wanted.store(keep);
  failure.store(0);
  int error = ChangeAction(&action, &before);
  if (error < 0) {
    Throw(env, "sigaction", error);
    return {};
  }
  int count = 0;
  std::string culprit;
  error = DropEverywhere(keep, &count, &culprit);
  ChangeAction(&before, nullptr);
  if (error < 0) {
    Throw(env, culprit.empty() ? "capset" : culprit.c_str(), error);
    return {};
  }
  return js::Number(env, count);
}

}  // namespace wbpf
