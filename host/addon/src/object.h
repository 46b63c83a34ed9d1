// A BPF object: opened, loaded, attached, read and closed for one module instance.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attach/handle.h"
#include "buffer.h"
#include "guest.h"
#include "js.h"
#include "libbpf.h"
#include "live.h"
#include "map.h"

namespace wbpf {

struct ObjectCloser {
  void operator()(bpf_object* object) const { Lib().bpf_object__close(object); }
};
using UniqueObject = std::unique_ptr<bpf_object, ObjectCloser>;

struct OpenRequest {
  std::string name;
  uint32_t log_level = 0;
  // Where maps that ask to be pinned by name are pinned. Empty: libbpf's default.
  std::string pin_root;
};

// Opens the ELF object in `bytes`, which libbpf needs no longer afterwards. Throws and returns null
// on failure.
UniqueObject OpenObject(napi_env env, const std::vector<uint8_t>& bytes,
                        const OpenRequest& request);

class Object : public Numbered<Object> {
 public:
  Object(std::shared_ptr<Guest> guest, UniqueObject object);
  ~Object() { Close(); }

  // The JavaScript object of this one: see NativeObject in host/src/backend/kernel/native.ts.
  js::Value ToJavaScript(napi_env env) const;
  void Close();
  bool open() const { return object_ != nullptr; }

 private:
  struct Map {
    bpf_map* map;
    std::shared_ptr<MapCalls> calls;
    std::unique_ptr<LiveMap> live;
    std::weak_ptr<Buffer> buffer;
  };

  js::Value Load(const js::Call& info);
  js::Value CloseFromJavaScript(const js::Call& info);
  // object_programs.cc
  js::Value Attach(const js::Call& info);
  js::Value AttachTo(const js::Call& info);
  js::Value TestRun(const js::Call& info);
  js::Value SetProgram(const js::Call& info);
  js::Value SetAttachTarget(const js::Call& info);
  js::Value ProgramFd(const js::Call& info);
  js::Value ProgramInfo(const js::Call& info);
  js::Value PinProgram(const js::Call& info);
  // object_maps.cc
  js::Value MapCallsOf(const js::Call& info);
  js::Value MapLiveLayout(const js::Call& info);
  js::Value MapLive(const js::Call& info);
  js::Value InitialValue(const js::Call& info);
  js::Value SetInitialValue(const js::Call& info);
  js::Value OpenRing(const js::Call& info);
  js::Value AttachStructOps(const js::Call& info);
  js::Value SetMap(const js::Call& info);
  js::Value MapFd(const js::Call& info);
  js::Value ReuseMap(const js::Call& info);
  js::Value PinMap(const js::Call& info);
  static void AddPrograms(js::Object* object);
  static void AddMaps(js::Object* object);
  // Keeps what was attached, and gives it to JavaScript.
  js::Value Keep(napi_env env, Attached attached);

  // The map or program at the index that is the call's first argument; throws and returns null if
  // there is none, or the object is closed.
  Map* MapAt(const js::Call& info);
  // What the kernel made of a map, or before the load what the object says of it.
  int FactsOf(const Map& map, MapFacts* facts) const;
  bpf_program* ProgramAt(const js::Call& info);

  std::shared_ptr<Guest> guest_;
  UniqueObject object_;
  // Whether a load was tried: nothing can be set any more.
  bool loaded_ = false;
  std::vector<Map> maps_;
  std::vector<bpf_program*> programs_;
  // Held here, so that the garbage collector never detaches anything: only destroy and close do.
  std::vector<std::shared_ptr<LinkHandle>> links_;
  std::vector<std::shared_ptr<Buffer>> buffers_;
};

}  // namespace wbpf
