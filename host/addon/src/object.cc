#include "object.h"

#include <errno.h>
#include <string.h>

#include <algorithm>

#include "attach/attach.h"
#include "attach/struct_ops.h"
#include "bind.h"
#include "capture.h"
#include "control.h"
#include "describe.h"
#include "failure.h"
#include "map_calls.h"
#include "test_run.h"

namespace wbpf {

UniqueObject OpenObject(Napi::Env env, const std::vector<uint8_t>& bytes,
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

Napi::Value Object::ToJavaScript(Napi::Env env) {
  Napi::Array maps = Napi::Array::New(env);
  for (size_t i = 0; i < maps_.size(); i++) {
    maps[static_cast<uint32_t>(i)] = DescribeMap(env, maps_[i].map);
  }
  Napi::Array programs = Napi::Array::New(env);
  for (size_t i = 0; i < programs_.size(); i++) {
    programs[static_cast<uint32_t>(i)] = DescribeProgram(env, programs_[i]);
  }
  const std::shared_ptr<Object> self = shared_from_this();
  Napi::Object object = Napi::Object::New(env);
  object.Set("maps", maps);
  object.Set("programs", programs);
  object.Set("load", BindMethod<&Object::Load>(env, "load", self));
  object.Set("mapCalls", BindMethod<&Object::MapCallsOf>(env, "mapCalls", self));
  object.Set("liveLayout", BindMethod<&Object::MapLiveLayout>(env, "liveLayout", self));
  object.Set("mapLive", BindMethod<&Object::MapLive>(env, "mapLive", self));
  object.Set("initialValue", BindMethod<&Object::InitialValue>(env, "initialValue", self));
  object.Set("setInitialValue", BindMethod<&Object::SetInitialValue>(env, "setInitialValue", self));
  object.Set("openRing", BindMethod<&Object::OpenRing>(env, "openRing", self));
  object.Set("attach", BindMethod<&Object::Attach>(env, "attach", self));
  object.Set("attachTo", BindMethod<&Object::AttachTo>(env, "attachTo", self));
  object.Set("attachStructOps", BindMethod<&Object::AttachStructOps>(env, "attachStructOps", self));
  object.Set("testRun", BindMethod<&Object::TestRun>(env, "testRun", self));
  object.Set("close", BindMethod<&Object::CloseFromJavaScript>(env, "close", self));
  AddControl(env, object);
  return object;
}

Object::Map* Object::MapAt(const Napi::CallbackInfo& info) {
  const size_t index = info[0].ToNumber().Uint32Value();
  if (object_ && index < maps_.size()) return &maps_[index];
  Throw(info.Env(), "map", EBADF);
  return nullptr;
}

bpf_program* Object::ProgramAt(const Napi::CallbackInfo& info) {
  const size_t index = info[0].ToNumber().Uint32Value();
  if (object_ && index < programs_.size()) return programs_[index];
  Throw(info.Env(), "program", EBADF);
  return nullptr;
}

Napi::Value Object::Load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  for (const Map& map : maps_) {
    if (IsPlacedArena(map.map)) {
      Throw(env, "arena", EOPNOTSUPP);
      return env.Undefined();
    }
  }
  LogCapture capture;
  loaded_ = true;
  const int error = object_ ? Lib().bpf_object__load(object_.get()) : -EBADF;
  if (error < 0) {
    Throw(env, "load", error, &capture);
    return env.Undefined();
  }
  return Napi::String::New(env, capture.verifier());
}

Napi::Value Object::MapCallsOf(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  const int fd = Lib().bpf_map__fd(map->map);
  MapFacts facts;
  const int error = fd < 0 ? -EBADF : ReadMapFacts(fd, &facts);
  if (error < 0) {
    Throw(env, "map", error);
    return env.Undefined();
  }
  if (!map->calls) {
    map->calls = std::make_shared<MapCalls>(guest_, facts);
    map->calls->Open(fd);
  }
  Napi::Object calls = Napi::Object::New(env);
  calls.Set("type", facts.type);
  calls.Set("keySize", facts.key_size);
  calls.Set("valueSize", facts.value_size);
  calls.Set("maxEntries", facts.max_entries);
  calls.Set("flags", facts.flags);
  calls.Set("valueBytes", static_cast<double>(ValueBytes(facts)));
  calls.Set("id", facts.id);
  calls.Set("lookup", BindNumbers<3, &MapCalls::Lookup>(env, "lookup", map->calls));
  calls.Set("update", BindNumbers<3, &MapCalls::Update>(env, "update", map->calls));
  calls.Set("delete", BindNumbers<1, &MapCalls::Delete>(env, "delete", map->calls));
  calls.Set("nextKey", BindNumbers<2, &MapCalls::NextKey>(env, "nextKey", map->calls));
  calls.Set("keyAfter", BindNumbers<2, &MapCalls::KeyAfter>(env, "keyAfter", map->calls));
  AddMapCalls(env, calls, map->calls);
  return calls;
}

int Object::FactsOf(const Map& map, MapFacts* facts) const {
  const Libbpf& lib = Lib();
  const int fd = lib.bpf_map__fd(map.map);
  if (fd >= 0) return ReadMapFacts(fd, facts);
  *facts = {static_cast<uint32_t>(lib.bpf_map__type(map.map)), lib.bpf_map__key_size(map.map),
            lib.bpf_map__value_size(map.map), lib.bpf_map__max_entries(map.map),
            lib.bpf_map__map_flags(map.map)};
  return 0;
}

Napi::Value Object::MapLiveLayout(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Map* map = MapAt(info);
  if (!map) return env.Undefined();
  MapFacts facts;
  LiveLayout layout;
  int error = FactsOf(*map, &facts);
  if (error == 0) error = ReadLiveLayout(facts, &layout);
  if (error < 0) {
    Throw(env, "liveLayout", error);
    return env.Undefined();
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("size", static_cast<double>(layout.size));
  result.Set("alignment", layout.alignment);
  return result;
}

Napi::Value Object::MapLive(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  const uint32_t address = info[1].ToNumber().Uint32Value();
  const int fd = Lib().bpf_map__fd(map->map);
  MapFacts facts;
  int error = fd < 0 ? -EBADF : map->live ? -EALREADY : ReadMapFacts(fd, &facts);
  if (error == 0) error = LiveMap::Map(guest_, fd, facts, address, &map->live);
  if (error < 0) {
    Throw(env, "mapLive", error);
    return env.Undefined();
  }
  guest_->Pin(info[2].As<Napi::Object>());
  return env.Undefined();
}

Napi::Value Object::InitialValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  size_t size = 0;
  const void* value = Lib().bpf_map__is_internal(map->map)
                          ? Lib().bpf_map__initial_value(map->map, &size)
                          : nullptr;
  if (!value) return env.Undefined();
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, size);
  if (size > 0) memcpy(bytes.Data(), value, size);
  return bytes;
}

Napi::Value Object::SetInitialValue(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  const Napi::Uint8Array bytes = info[1].As<Napi::Uint8Array>();
  const int error = Lib().bpf_map__set_initial_value(map->map, bytes.Data(), bytes.ElementLength());
  if (error < 0) Throw(env, "setInitialValue", error);
  return env.Undefined();
}

Napi::Value Object::OpenRing(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  std::shared_ptr<Buffer> buffer = map->buffer.lock();
  const int fd = Lib().bpf_map__fd(map->map);
  int error = 0;
  if (buffer && buffer->open()) {
    error = -EBUSY;
  } else if (fd < 0) {
    error = -EBADF;
  } else {
    std::shared_ptr<Guest> target = guest_;
    if (info[1].IsArrayBuffer()) {
      Napi::ArrayBuffer memory = info[1].As<Napi::ArrayBuffer>();
      target = guest_->WithMemory(static_cast<uint8_t*>(memory.Data()), memory.ByteLength());
    }
    const BufferOptions options{info[2].ToNumber().Uint32Value(), info[3].ToNumber().Uint32Value(),
                                info[4].ToNumber().Uint32Value()};
    error = Buffer::Open(std::move(target), fd, options, &buffer);
  }
  if (error < 0) {
    Throw(env, "openRing", error);
    return env.Undefined();
  }
  map->buffer = buffer;
  buffers_.erase(
      std::remove_if(buffers_.begin(), buffers_.end(),
                     [](const std::shared_ptr<Buffer>& other) { return !other->open(); }),
      buffers_.end());
  buffers_.push_back(buffer);
  return Buffer::ToJavaScript(env, buffer);
}

Napi::Value Object::Keep(Napi::Env env, Attached attached) {
  auto link = std::make_shared<LinkHandle>(guest_, std::move(attached));
  links_.erase(
      std::remove_if(links_.begin(), links_.end(),
                     [](const std::shared_ptr<LinkHandle>& other) { return !other->attached(); }),
      links_.end());
  links_.push_back(link);
  return LinkHandle::ToJavaScript(env, link);
}

Napi::Value Object::Attach(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const bpf_program* program = ProgramAt(info);
  if (!program) return env.Undefined();
  if (Lib().bpf_program__fd(program) < 0) {
    Throw(env, "unloaded", EBADF);
    return env.Undefined();
  }
  LogCapture capture;
  Attached attached;
  const Outcome outcome = Lib().bpf_program__fd(program) < 0
                              ? Outcome(-EBADF, "unloaded")
                              : Adopt(Lib().bpf_program__attach(program), &attached);
  if (outcome.error < 0) {
    Throw(env, outcome.step, outcome.error, &capture);
    return env.Undefined();
  }
  return Keep(env, std::move(attached));
}

Napi::Value Object::AttachTo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const bpf_program* program = ProgramAt(info);
  if (!program) return env.Undefined();
  const Request request(info[1].As<Napi::Object>());
  const AttachFunction attach = FindAttach(request.Text("kind"));
  LogCapture capture;
  Attached attached;
  Outcome outcome = -EINVAL;
  if (attach) {
    outcome = Lib().bpf_program__fd(program) < 0 ? Outcome(-EBADF, "unloaded")
                                                 : attach(program, request, &attached);
  }
  if (outcome.error < 0) {
    Throw(env, outcome.step, outcome.error, &capture);
    return env.Undefined();
  }
  return Keep(env, std::move(attached));
}

Napi::Value Object::AttachStructOps(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Map* map = MapAt(info);
  if (!map) return env.Undefined();
  LogCapture capture;
  Attached attached;
  const int error = wbpf::AttachStructOps(map->map, &attached);
  if (error < 0) {
    Throw(env, "attach", error, &capture);
    return env.Undefined();
  }
  return Keep(env, std::move(attached));
}

Napi::Value Object::TestRun(const Napi::CallbackInfo& info) {
  const bpf_program* program = ProgramAt(info);
  if (!program) return info.Env().Undefined();
  return RunTest(info.Env(), program, info[1].As<Napi::Object>());
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

Napi::Value Object::CloseFromJavaScript(const Napi::CallbackInfo& info) {
  Close();
  return info.Env().Undefined();
}

}  // namespace wbpf
