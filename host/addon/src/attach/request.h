// What JavaScript asks for, read field by field: AttachOptions in
// host/src/backend/attach/options.ts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "js.h"

namespace wbpf {

class Request {
 public:
  explicit Request(js::Value object) : object_(object) {}

  // Each gives the fallback for a field that is not there.
  std::string Text(const char* name) const;
  int32_t Number(const char* name, int32_t fallback = 0) const;
  uint32_t Word(const char* name) const { return static_cast<uint32_t>(Number(name)); }
  uint64_t Wide(const char* name) const;
  bool Flag(const char* name) const;
  bool Has(const char* name) const;
  std::vector<std::string> Texts(const char* name) const;
  std::vector<uint64_t> Wides(const char* name) const;

 private:
  js::Value object_;
};

}  // namespace wbpf
