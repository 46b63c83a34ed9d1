#include "capture.h"

#include <stdio.h>
#include <string.h>

namespace wbpf {
namespace {

thread_local LogCapture* current = nullptr;

void Append(std::string* text, const char* format, va_list arguments) {
  va_list measured;
  va_copy(measured, arguments);
  const int length = vsnprintf(nullptr, 0, format, measured);
  va_end(measured);
  if (length <= 0) return;
  const size_t before = text->size();
  // vsnprintf wants a place for its NUL too.
  text->resize(before + static_cast<size_t>(length) + 1);
  vsnprintf(&(*text)[before], static_cast<size_t>(length) + 1, format, arguments);
  text->resize(before + static_cast<size_t>(length));
}

}  // namespace

LogCapture::LogCapture() : outer_(current) { current = this; }

LogCapture::~LogCapture() { current = outer_; }

int LogCapture::Print(enum libbpf_print_level level, const char* format, va_list arguments) {
  if (!current) return 0;
  // libbpf prints the verifier's log of a program that loaded as a debug message, and that of a
  // refused one as a warning.
  if (strstr(format, "BEGIN PROG LOAD LOG")) {
    Append(&current->verifier_, format, arguments);
  } else if (level == LIBBPF_WARN) {
    Append(&current->warnings_, format, arguments);
  }
  return 0;
}

}  // namespace wbpf
