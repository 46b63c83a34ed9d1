#include "kallsyms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "failure.h"

namespace wbpf {
namespace {

// No function is so long: an address that far behind one belongs to something that has no symbol.
constexpr uint64_t kLongest = 1 << 20;

struct Symbol {
  uint64_t address;
  // Into the names, each with its NUL.
  uint32_t name;
  // Into the modules.
  uint32_t module;
};

class Table {
 public:
  // 0, or a positive errno: EPERM when the kernel hides the addresses.
  int Load();

  const Symbol* Find(uint64_t address) const {
    auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                  [](uint64_t a, const Symbol& s) { return a < s.address; });
    if (after == symbols_.begin()) return nullptr;
    --after;
    return address - after->address < kLongest ? &*after : nullptr;
  }
  const char* Name(const Symbol& symbol) const { return names_.data() + symbol.name; }
  const std::string& Module(const Symbol& symbol) const { return modules_[symbol.module]; }

 private:
  std::vector<Symbol> symbols_;
  std::string names_;
  std::vector<std::string> modules_{""};
};

int Table::Load() {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/proc/kallsyms", "re"), &fclose);
  if (!file) return errno;
  std::unordered_map<std::string, uint32_t> known;
  bool hidden = true;
  char line[1024];
  while (fgets(line, sizeof line, file.get())) {
    unsigned long long address;
    char type;
    char name[512];
    char module[128] = "";
    if (sscanf(line, "%llx %c %511s [%127[^]]]", &address, &type, name, module) < 3) continue;
    if (address != 0) hidden = false;
    // Functions: in the text, weak or not.
    if (!strchr("tTwW", type)) continue;
    uint32_t index = 0;
    if (*module) {
      const auto found = known.emplace(module, static_cast<uint32_t>(modules_.size()));
      if (found.second) modules_.push_back(module);
      index = found.first->second;
    }
    symbols_.push_back({address, static_cast<uint32_t>(names_.size()), index});
    names_.append(name, strlen(name) + 1);
  }
  if (hidden) return EPERM;
  // Of several names for one address the first that the kernel tells stays first.
  std::stable_sort(symbols_.begin(), symbols_.end(),
                   [](const Symbol& a, const Symbol& b) { return a.address < b.address; });
  symbols_.erase(
      std::unique(symbols_.begin(), symbols_.end(),
                  [](const Symbol& a, const Symbol& b) { return a.address == b.address; }),
      symbols_.end());
  return 0;
}

// Every thread's. A failure is not kept: the process may be given the right to see them.
struct Shared {
  std::mutex mutex;
  std::unique_ptr<Table> table;
};

Shared& All() {
  static Shared& shared = *new Shared;
  return shared;
}

int Get(const Table** table) {
  Shared& shared = All();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (!shared.table) {
    auto fresh = std::make_unique<Table>();
    const int error = fresh->Load();
    if (error != 0) return error;
    shared.table = std::move(fresh);
  }
  *table = shared.table.get();
  return 0;
}

}  // namespace

js::Value KernelSymbols(const js::Call& info) {
  const napi_env env = info.env();
  const Table* table = nullptr;
  const int error = Get(&table);
  if (error != 0) {
    Throw(env, "kallsyms", error);
    return {};
  }
  const js::Bytes addresses(info[0]);
  js::Array result(env);
  for (size_t at = 0; at + sizeof(uint64_t) <= addresses.size; at += sizeof(uint64_t)) {
    uint64_t address;
    memcpy(&address, addresses.data + at, sizeof address);
    const Symbol* symbol = table->Find(address);
    if (!symbol) {
      result.Push({});
      continue;
    }
    js::Object one(env);
    one.Set("name", js::String(env, table->Name(*symbol)));
    one.Set("module", js::String(env, table->Module(*symbol)));
    one.Set("offset", static_cast<double>(address - symbol->address));
    result.Push(one);
  }
  return result;
}

}  // namespace wbpf
