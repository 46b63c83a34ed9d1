// The part of Object that is about its maps.
#include <errno.h>

#include <algorithm>

#include "attach/struct_ops.h"
#include "bind.h"
#include "capture.h"
#include "control.h"
#include "describe.h"
#include "failure.h"
#include "map_calls.h"
#include "object.h"

namespace wbpf {

void Object::AddMaps(js::Object* object) {
  SetMethod<&Object::MapCallsOf>(object, "mapCalls");
  SetMethod<&Object::MapLiveLayout>(object, "liveLayout");
  SetMethod<&Object::MapLive>(object, "mapLive");
  SetMethod<&Object::InitialValue>(object, "initialValue");
  SetMethod<&Object::SetInitialValue>(object, "setInitialValue");
  SetMethod<&Object::OpenRing>(object, "openRing");
  SetMethod<&Object::AttachStructOps>(object, "attachStructOps");
  SetMethod<&Object::SetMap>(object, "setMap");
  SetMethod<&Object::MapFd>(object, "mapFd");
  SetMethod<&Object::ReuseMap>(object, "reuseMap");
  SetMethod<&Object::PinMap>(object, "pinMap");
}

js::Value Object::MapCallsOf(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  const int fd = Lib().bpf_map__fd(map->map);
  MapFacts facts;
  const int error = fd < 0 ? -EBADF : ReadMapFacts(fd, &facts);
  if (error < 0) {
    Throw(env, "map", error);
    return {};
  }
  if (!map->calls) {
    map->calls = std::make_shared<MapCalls>(guest_, facts);
    map->calls->Open(fd);
  }
  js::Object calls = ObjectOf(env, *map->calls);
  calls.Set("type", facts.type);
  calls.Set("keySize", facts.key_size);
  calls.Set("valueSize", facts.value_size);
  calls.Set("maxEntries", facts.max_entries);
  calls.Set("flags", facts.flags);
  calls.Set("valueBytes", static_cast<double>(ValueBytes(facts)));
  calls.Set("id", facts.id);
  AddMapCalls(&calls);
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

js::Value Object::MapLiveLayout(const js::Call& info) {
  const napi_env env = info.env();
  const Map* map = MapAt(info);
  if (!map) return {};
  MapFacts facts;
  LiveLayout layout;
  int error = FactsOf(*map, &facts);
  if (error == 0) error = ReadLiveLayout(facts, &layout);
  if (error < 0) {
    Throw(env, "liveLayout", error);
    return {};
  }
  js::Object result(env);
  result.Set("size", static_cast<double>(layout.size));
  result.Set("alignment", layout.alignment);
  return result;
}

js::Value Object::MapLive(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  const uint32_t address = info[1].Uint32();
  const int fd = Lib().bpf_map__fd(map->map);
  MapFacts facts;
  int error = fd < 0 ? -EBADF : map->live ? -EALREADY : ReadMapFacts(fd, &facts);
  if (error == 0) error = LiveMap::Map(guest_, fd, facts, address, &map->live);
  if (error < 0) {
    Throw(env, "mapLive", error);
    return {};
  }
  guest_->Pin(info[2]);
  return {};
}

js::Value Object::InitialValue(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  size_t size = 0;
  const void* value = Lib().bpf_map__is_internal(map->map)
                          ? Lib().bpf_map__initial_value(map->map, &size)
                          : nullptr;
  if (!value) return {};
  return js::CopyOf(env, value, size);
}

js::Value Object::SetInitialValue(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  const js::Bytes bytes(info[1]);
  const int error = Lib().bpf_map__set_initial_value(map->map, bytes.data, bytes.size);
  if (error < 0) Throw(env, "setInitialValue", error);
  return {};
}

js::Value Object::OpenRing(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  std::shared_ptr<Buffer> buffer = map->buffer.lock();
  const int fd = Lib().bpf_map__fd(map->map);
  int error = 0;
  if (buffer && buffer->open()) {
    error = -EBUSY;
  } else if (fd < 0) {
    error = -EBADF;
  } else {
    std::shared_ptr<Guest> target = guest_;
    if (!info[1].Is(napi_undefined)) {
      const js::Bytes memory(info[1]);
      target = guest_->WithMemory(memory.data, memory.size);
    }
    const BufferOptions options{info[2].Uint32(), info[3].Uint32(), info[4].Uint32()};
    error = Buffer::Open(std::move(target), fd, options, &buffer);
  }
  if (error < 0) {
    Throw(env, "openRing", error);
    return {};
  }
  map->buffer = buffer;
  buffers_.erase(
      std::remove_if(buffers_.begin(), buffers_.end(),
                     [](const std::shared_ptr<Buffer>& other) { return !other->open(); }),
      buffers_.end());
  buffers_.push_back(buffer);
  return buffer->ToJavaScript(env);
}

js::Value Object::AttachStructOps(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  LogCapture capture;
  Attached attached;
  const int error = wbpf::AttachStructOps(map->map, &attached);
  if (error < 0) {
    Throw(env, "attach", error, &capture);
    return {};
  }
  return Keep(env, std::move(attached));
}

js::Value Object::SetMap(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  LogCapture capture;
  const int error = loaded_ ? -EBUSY : wbpf::SetMap(map->map, info[1].Text(), info[2].Wide());
  Check(info, "set", error, capture);
  return error < 0 ? js::Value() : DescribeMap(env, map->map);
}

js::Value Object::MapFd(const js::Call& info) {
  const Map* map = MapAt(info);
  if (!map) return {};
  return js::Number(info.env(), Lib().bpf_map__fd(map->map));
}

js::Value Object::ReuseMap(const js::Call& info) {
  const napi_env env = info.env();
  Map* map = MapAt(info);
  if (!map) return {};
  LogCapture capture;
  const int error = loaded_ ? -EBUSY : ReusePinned(map->map, info[1].Text());
  Check(info, "reuse", error, capture);
  return error < 0 ? js::Value() : DescribeMap(env, map->map);
}

js::Value Object::PinMap(const js::Call& info) {
  const Map* map = MapAt(info);
  if (!map) return {};
  LogCapture capture;
  Check(info, "pin", PinAt(Lib().bpf_map__fd(map->map), info[1].Text()), capture);
  return {};
}

}  // namespace wbpf
