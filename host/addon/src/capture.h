// What libbpf wants to print, kept for an error's text instead of the terminal.
#pragma once

#include <bpf/libbpf.h>

#include <cstdarg>
#include <string>

namespace wbpf {

// Collects what libbpf prints in this thread while it lives. Outside of any capture libbpf is
// silent.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  // Its warnings, a line each.
  const std::string& warnings() const { return warnings_; }
  // The verifier's logs, of refused programs, and of all when the object was opened with a log
  // level.
  const std::string& verifier() const { return verifier_; }

  // For libbpf_set_print().
  static int Print(enum libbpf_print_level level, const char* format, va_list arguments);

 private:
  LogCapture* outer_;
  std::string warnings_;
  std::string verifier_;
};

}  // namespace wbpf
