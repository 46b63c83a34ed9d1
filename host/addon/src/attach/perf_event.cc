// Programs that run at each sample of a perf event.
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "attach/attach.h"

namespace wbpf {
namespace {

// The CPUs of a list such as "0-3,8", from sysfs. Empty if unreadable.
std::vector<int> ReadCpuList(const char* path) {
  std::vector<int> cpus;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path, "re"), &fclose);
  int first;
  while (file && fscanf(file.get(), "%d", &first) == 1) {
    int last = first;
    int separator = fgetc(file.get());
    if (separator == '-') {
      if (fscanf(file.get(), "%d", &last) != 1) break;
      separator = fgetc(file.get());
    }
    for (int cpu = first; cpu <= last; cpu++) cpus.push_back(cpu);
    if (separator != ',') break;
  }
  return cpus;
}

Outcome AttachOne(const bpf_program* program, perf_event_attr* attributes, uint64_t cookie, int pid,
                  int cpu, Attached* attached) {
  UniqueFd event(static_cast<int>(
      syscall(__NR_perf_event_open, attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!event.valid()) return Outcome(-errno, "perf_event_open");
  bpf_perf_event_opts options{};
  options.sz = sizeof options;
  options.bpf_cookie = cookie;
  bpf_link* link = Lib().bpf_program__attach_perf_event_opts(program, event.get(), &options);
  if (!link) return -errno;
  // The link closes the event from now on.
  event.Release();
  return Adopt(link, attached);
}

}  // namespace

Outcome AttachPerfEvent(const bpf_program* program, const Request& request, Attached* attached) {
  perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = request.Word("type");
  attributes.config = request.Wide("config");
  const uint64_t frequency = request.Wide("frequency");
  attributes.freq = frequency != 0;
  attributes.sample_freq = frequency != 0 ? frequency : request.Wide("period");
  const uint64_t cookie = request.Wide("cookie");
  const int pid = request.Number("pid", -1);
  const int cpu = request.Number("cpu", -1);
  if (pid >= 0 || cpu >= 0) return AttachOne(program, &attributes, cookie, pid, cpu, attached);

  std::vector<Attached> parts;
  for (const int online : ReadCpuList("/sys/devices/system/cpu/online")) {
    Attached part;
    const Outcome outcome = AttachOne(program, &attributes, cookie, pid, online, &part);
    if (outcome.error < 0) return outcome;
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return -ENODEV;
  *attached = std::make_unique<AttachmentGroup>(std::move(parts));
  return 0;
}

}  // namespace wbpf
