#include "features.h"

#include <linux/btf.h>
#include <string.h>
#include <sys/utsname.h>

#include <cstdio>
#include <string>
#include <vector>

#include "fd.h"
#include "syscall.h"

namespace wbpf {
namespace {

// Enough for the verifier's answer to a handful of instructions.
constexpr size_t kLogSize = 16 * 1024;

uint32_t Number(const js::Value& request, const char* name) { return request.Get(name).Uint32(); }

uint64_t Address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

// Type information with one type, "int" of four bytes (id 1): what a local storage map describes
// its key and value with.
int LoadInt() {
  struct {
    btf_header header;
    btf_type type;
    uint32_t encoding;
    char strings[5];
  } __attribute__((packed)) info{};
  info.header.magic = BTF_MAGIC;
  info.header.version = BTF_VERSION;
  info.header.hdr_len = sizeof info.header;
  info.header.type_len = sizeof info.type + sizeof info.encoding;
  info.header.str_off = info.header.type_len;
  info.header.str_len = sizeof info.strings;
  info.type.name_off = 1;
  info.type.info = BTF_KIND_INT << 24;
  info.type.size = sizeof(int);
  info.encoding = BTF_INT_SIGNED << 24 | 32;
  memcpy(info.strings, "\0int", sizeof info.strings);
  bpf_attr attributes{};
  attributes.btf = Address(&info);
  attributes.btf_size = sizeof info;
  return Bpf(BPF_BTF_LOAD, &attributes, sizeof attributes);
}

int CreateInnerMap() {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 1;
  return Bpf(BPF_MAP_CREATE, &attributes, sizeof attributes);
}

// What kernels before 5.0 compare with their own version when they load a kprobe.
uint32_t KernelVersion() {
  utsname name;
  unsigned major = 0, minor = 0, patch = 0;
  if (uname(&name) == 0) sscanf(name.release, "%u.%u.%u", &major, &minor, &patch);
  return major << 16 | minor << 8 | (patch > 255 ? 255 : patch);
}

#define WBPF_HELPER_NAME(name, ...) "bpf_" #name
const char* const kHelpers[] = {__BPF_FUNC_MAPPER(WBPF_HELPER_NAME)};
#undef WBPF_HELPER_NAME

}  // namespace

js::Value TryMap(const js::Call& info) {
  const napi_env env = info.env();
  const js::Value request = info[0];
  bpf_attr attributes{};
  attributes.map_type = Number(request, "type");
  attributes.key_size = Number(request, "keySize");
  attributes.value_size = Number(request, "valueSize");
  attributes.max_entries = Number(request, "maxEntries");
  attributes.map_flags = Number(request, "flags");
  attributes.btf_vmlinux_value_type_id = Number(request, "kernelValueType");
  UniqueFd types;
  UniqueFd inner;
  if (request.Get("typed").Flag()) {
    const int fd = LoadInt();
    if (fd < 0) return js::Number(env, fd);
    types.Reset(fd);
    attributes.btf_fd = fd;
    attributes.btf_key_type_id = attributes.btf_value_type_id = 1;
  }
  if (request.Get("nested").Flag()) {
    const int fd = CreateInnerMap();
    if (fd < 0) return js::Number(env, fd);
    inner.Reset(fd);
    attributes.inner_map_fd = fd;
  }
  const int fd = Bpf(BPF_MAP_CREATE, &attributes, sizeof attributes);
  const UniqueFd map(fd);
  return js::Number(env, fd < 0 ? fd : 0);
}

js::Value TryProgram(const js::Call& info) {
  const napi_env env = info.env();
  const js::Value request = info[0];
  const js::Bytes code(request.Get("instructions"));
  // A copy, aligned as the kernel reads it.
  std::vector<bpf_insn> instructions(code.size / sizeof(bpf_insn));
  memcpy(instructions.data(), code.data, instructions.size() * sizeof(bpf_insn));
  std::string log(kLogSize, '\0');
  bpf_attr attributes{};
  attributes.prog_type = Number(request, "type");
  attributes.expected_attach_type = Number(request, "attachType");
  attributes.attach_btf_id = Number(request, "attachBtfId");
  attributes.prog_flags = Number(request, "flags");
  attributes.kern_version = KernelVersion();
  attributes.insns = Address(instructions.data());
  attributes.insn_cnt = instructions.size();
  attributes.license = Address("GPL");
  attributes.log_buf = Address(log.data());
  attributes.log_size = log.size();
  attributes.log_level = 1;
  const int fd = Bpf(BPF_PROG_LOAD, &attributes, sizeof attributes);
  const UniqueFd program(fd);
  js::Object result(env);
  result.Set("error", js::Number(env, fd < 0 ? fd : 0));
  result.Set("log", js::String(env, log.c_str()));
  return result;
}

js::Value HelperNames(const js::Call& info) {
  js::Array names(info.env());
  for (const char* name : kHelpers) names.Push(js::String(info.env(), name));
  return names;
}

}  // namespace wbpf
