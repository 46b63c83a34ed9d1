#include "thread_status.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memory>

namespace wbpf {
namespace {

// The value of a line "NAME:\tVALUE", if it is that line.
const char* ValueOf(const char* line, const char* name) {
  const size_t length = strlen(name);
  if (strncmp(line, name, length) != 0 || line[length] != ':') return nullptr;
  return line + length + 1 + strspn(line + length + 1, " \t");
}

}  // namespace

std::vector<pid_t> ListThreads() {
  std::vector<pid_t> threads;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/task"), &closedir);
  if (!folder) return threads;
  while (const dirent* entry = readdir(folder.get())) {
    const int thread = atoi(entry->d_name);
    if (thread > 0) threads.push_back(thread);
  }
  return threads;
}

bool ReadThreadStatus(pid_t thread, ThreadStatus* status) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", thread);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path, "re"), &fclose);
  if (!file) return false;
  const struct {
    const char* name;
    uint64_t* set;
  } sets[] = {
      {"CapInh", &status->inheritable}, {"CapPrm", &status->permitted},
      {"CapEff", &status->effective},   {"CapBnd", &status->bounding},
      {"CapAmb", &status->ambient},
  };
  char line[512];
  while (fgets(line, sizeof line, file.get())) {
    for (const auto& [name, set] : sets) {
      if (const char* value = ValueOf(line, name)) *set = strtoull(value, nullptr, 16);
    }
    if (const char* value = ValueOf(line, "NoNewPrivs")) status->no_new_privileges = *value == '1';
    if (const char* value = ValueOf(line, "Name")) {
      status->name.assign(value, strcspn(value, "\n"));
    }
  }
  return true;
}

}  // namespace wbpf
