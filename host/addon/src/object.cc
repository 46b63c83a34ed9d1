#include "object.h"

#include <errno.h>

#include <algorithm>

#include "bind.h"
#include "capture.h"
#include "control.h"
#include "describe.h"
#include "failure.h"

namespace wbpf {

UniqueObject OpenObject(napi_env env, const std::vector<uint8_t>& bytes,
                        const OpenRequest& request) {
  bpf_object_open_opts options{};
  options.sz = sizeof options;
  options.object_name = request.name.c_str();
  options.kernel_log_level = request.log_level;
  if (!request.pin_root.empty()) options.pin_root_path = request.pin_root.c_str();

  LogCapture capture;
  UniqueObject object(Lib().bpf_object__open_mem(bytes.data(), bytes.size(), &options));
  if (!object) {
    Throw(env, "open", errno, &capture);
    return object;
  }
  CompleteObject(object.get());
  return object;
}

namespace {

// BPF_MAP_TYPE_ARENA, which headers before Linux 6.9 lack.
constexpr uint32_t kArena = 33;

// libbpf from 1.5 on maps an arena with map_extra at exactly that address of this process,
// whatever is there (bpf_object__create_maps in its libbpf.c).
bool IsPlacedArena(const bpf_map* map) {
  return static_cast<uint32_t>(Lib().bpf_map__type(map)) == kArena &&
         Lib().bpf_map__autocreate(map) && Lib().bpf_map__map_extra(map) != 0;
}

}  // namespace

Object::Object(std::shared_ptr<Guest> guest, UniqueObject object)
    : guest_(std::move(guest)), object_(std::move(object)) {
  const Libbpf& lib = Lib();
  for (bpf_map* map = nullptr; (map = lib.bpf_object__next_map(object_.get(), map));) {
    maps_.emplace_back();
    maps_.back().map = map;
  }
  for (bpf_program* program = nullptr;
       (program = lib.bpf_object__next_program(object_.get(), program));) {
    programs_.push_back(program);
  }
}

js::Value Object::ToJavaScript(napi_env env) const {
  js::Array maps(env);
  for (const Map& map : maps_) maps.Push(DescribeMap(env, map.map));
  js::Array programs(env);
  for (const bpf_program* program : programs_) programs.Push(DescribeProgram(env, program));
  js::Object object = ObjectOf(env, *this);
  object.Set("maps", maps);
  object.Set("programs", programs);
  SetMethod<&Object::Load>(&object, "load");
  SetMethod<&Object::CloseFromJavaScript, Gone::kNothing>(&object, "close");
  AddPrograms(&object);
  AddMaps(&object);
  return object;
}

Object::Map* Object::MapAt(const js::Call& info) {
  const size_t index = info[0].Uint32();
  if (object_ && index < maps_.size()) return &maps_[index];
  Throw(info.env(), "map", EBADF);
  return nullptr;
}

bpf_program* Object::ProgramAt(const js::Call& info) {
  const size_t index = info[0].Uint32();
  if (object_ && index < programs_.size()) return programs_[index];
  Throw(info.env(), "program", EBADF);
  return nullptr;
}

js::Value Object::Load(const js::Call& info) {
  const napi_env env = info.env();
  for (const Map& map : maps_) {
    if (IsPlacedArena(map.map)) {
      Throw(env, "arena", EOPNOTSUPP);
      return {};
    }
  }
  LogCapture capture;
  loaded_ = true;
  const int error = object_ ? Lib().bpf_object__load(object_.get()) : -EBADF;
  if (error < 0) {
    Throw(env, "load", error, &capture);
    return {};
  }
  return js::String(env, capture.verifier());
}

js::Value Object::Keep(napi_env env, Attached attached) {
  auto link = std::make_shared<LinkHandle>(guest_, std::move(attached));
  links_.erase(
      std::remove_if(links_.begin(), links_.end(),
                     [](const std::shared_ptr<LinkHandle>& other) { return !other->attached(); }),
      links_.end());
  links_.push_back(link);
  return link->ToJavaScript(env);
}

void Object::Close() {
  LogCapture silent;
  for (const std::shared_ptr<LinkHandle>& link : links_) link->Close();
  links_.clear();
  for (const std::shared_ptr<Buffer>& buffer : buffers_) buffer->Close();
  buffers_.clear();
  for (const Map& map : maps_) {
    if (map.calls) map.calls->Close();
    if (map.live) map.live->Unmap(true);
  }
  maps_.clear();
  programs_.clear();
  object_.reset();
}

js::Value Object::CloseFromJavaScript(const js::Call&) {
  Close();
  return {};
}

}  // namespace wbpf
