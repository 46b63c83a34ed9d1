// Programs that watch any function, of the kernel or of an ELF file.
#include <vector>

#include "attach/link_create.h"

namespace wbpf {
namespace {

// Neither BPF_F_UPROBE_MULTI_RETURN nor the flags of its kind for kprobes are in old headers.
constexpr uint32_t kMultiReturn = 1;

}  // namespace

Outcome AttachKprobe(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_kprobe_opts options{};
  options.sz = sizeof options;
  options.bpf_cookie = request.Wide("cookie");
  options.offset = request.Wide("offset");
  options.retprobe = request.Flag("retprobe");
  return Adopt(
      Lib().bpf_program__attach_kprobe_opts(program, request.Text("function").c_str(), &options),
      attached);
}

Outcome AttachKprobeMulti(const bpf_program* program, const Request& request, Attached* attached) {
  const std::string pattern = request.Text("pattern");
  const std::vector<std::string> functions = request.Texts("functions");
  const std::vector<uint64_t> cookies = request.Wides("cookies");
  std::vector<const char*> names;
  for (const std::string& function : functions) names.push_back(function.c_str());
  if (!cookies.empty() && cookies.size() != names.size()) return -EINVAL;
  bpf_kprobe_multi_opts options{};
  options.sz = sizeof options;
  options.syms = names.empty() ? nullptr : names.data();
  options.cookies = cookies.empty() ? nullptr : reinterpret_cast<const __u64*>(cookies.data());
  options.cnt = names.size();
  options.retprobe = request.Flag("retprobe");
  return Adopt(Lib().bpf_program__attach_kprobe_multi_opts(
                   program, names.empty() ? pattern.c_str() : nullptr, &options),
               attached);
}

Outcome AttachKsyscall(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_ksyscall_opts options{};
  options.sz = sizeof options;
  options.bpf_cookie = request.Wide("cookie");
  options.retprobe = request.Flag("retprobe");
  return Adopt(Lib().bpf_program__attach_ksyscall(program, request.Text("name").c_str(), &options),
               attached);
}

Outcome AttachUprobe(const bpf_program* program, const Request& request, Attached* attached) {
  const std::string function = request.Text("function");
  bpf_uprobe_opts options{};
  options.sz = sizeof options;
  options.bpf_cookie = request.Wide("cookie");
  options.retprobe = request.Flag("retprobe");
  options.func_name = function.empty() ? nullptr : function.c_str();
  return Adopt(Lib().bpf_program__attach_uprobe_opts(program, request.Number("pid", -1),
                                                     request.Text("path").c_str(),
                                                     request.Wide("offset"), &options),
               attached);
}

// The caller has found the functions' offsets, and checked that there is a cookie for each or none.
Outcome AttachUprobeMulti(const bpf_program* program, const Request& request, Attached* attached) {
  const std::string path = request.Text("path");
  const std::vector<uint64_t> offsets = request.Wides("offsets");
  const std::vector<uint64_t> cookies = request.Wides("cookies");
  if (!cookies.empty() && cookies.size() != offsets.size()) return -EINVAL;
  LinkCreate link(Lib().bpf_program__fd(program), 0,
                  static_cast<uint32_t>(Lib().bpf_program__expected_attach_type(program)));
  link.uprobe_multi.path = reinterpret_cast<uint64_t>(path.c_str());
  link.uprobe_multi.offsets = reinterpret_cast<uint64_t>(offsets.data());
  link.uprobe_multi.cookies = cookies.empty() ? 0 : reinterpret_cast<uint64_t>(cookies.data());
  link.uprobe_multi.count = static_cast<uint32_t>(offsets.size());
  link.uprobe_multi.flags = request.Flag("retprobe") ? kMultiReturn : 0;
  const int32_t pid = request.Number("pid", -1);
  // For the kernel 0 is every process, and there is no number for one's own.
  link.uprobe_multi.pid = static_cast<uint32_t>(pid < 0 ? 0 : pid == 0 ? getpid() : pid);
  return link.Create(attached);
}

Outcome AttachUsdt(const bpf_program* program, const Request& request, Attached* attached) {
  bpf_usdt_opts options{};
  options.sz = sizeof options;
  options.usdt_cookie = request.Wide("cookie");
  return Adopt(Lib().bpf_program__attach_usdt(
                   program, request.Number("pid", -1), request.Text("path").c_str(),
                   request.Text("provider").c_str(), request.Text("name").c_str(), &options),
               attached);
}

}  // namespace wbpf
