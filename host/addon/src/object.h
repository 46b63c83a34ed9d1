// A BPF object: opened, loaded, attached, read and closed for one module instance.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "attach/handle.h"
#include "buffer.h"
#include "guest.h"
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
UniqueObject OpenObject(Napi::Env env, const std::vector<uint8_t>& bytes,
                        const OpenRequest& request);

class Object : public std::enable_shared_from_this<Object> {
 public:
  Object(std::shared_ptr<Guest> guest, UniqueObject object);
  ~Object() { Close(); }

  // The JavaScript object of this one: see NativeObject in host/src/backend/kernel/native.ts.
  Napi::Value ToJavaScript(Napi::Env env);
  void Close();
  bool open() const { return object_ != nullptr; }

 private:
  struct Map {
    bpf_map* map;
    std::shared_ptr<MapCalls> calls;
    std::unique_ptr<LiveMap> live;
    std::weak_ptr<Buffer> buffer;
  };

  Napi::Value Load(const Napi::CallbackInfo& info);
  Napi::Value MapCallsOf(const Napi::CallbackInfo& info);
  Napi::Value MapLiveLayout(const Napi::CallbackInfo& info);
  Napi::Value MapLive(const Napi::CallbackInfo& info);
  Napi::Value InitialValue(const Napi::CallbackInfo& info);
  Napi::Value SetInitialValue(const Napi::CallbackInfo& info);
  Napi::Value OpenRing(const Napi::CallbackInfo& info);
  Napi::Value Attach(const Napi::CallbackInfo& info);
  Napi::Value AttachTo(const Napi::CallbackInfo& info);
  Napi::Value AttachStructOps(const Napi::CallbackInfo& info);
  Napi::Value TestRun(const Napi::CallbackInfo& info);
  Napi::Value CloseFromJavaScript(const Napi::CallbackInfo& info);
  // object_control.cc
  Napi::Value SetProgram(const Napi::CallbackInfo& info);
  Napi::Value SetAttachTarget(const Napi::CallbackInfo& info);
  Napi::Value ProgramFd(const Napi::CallbackInfo& info);
  Napi::Value ProgramInfo(const Napi::CallbackInfo& info);
  Napi::Value PinProgram(const Napi::CallbackInfo& info);
  Napi::Value SetMap(const Napi::CallbackInfo& info);
  Napi::Value MapFd(const Napi::CallbackInfo& info);
  Napi::Value ReuseMap(const Napi::CallbackInfo& info);
  Napi::Value PinMap(const Napi::CallbackInfo& info);
  void AddControl(Napi::Env env, Napi::Object object);
  // Keeps what was attached, and gives it to JavaScript.
  Napi::Value Keep(Napi::Env env, Attached attached);

  // The map or program at the index that is the call's first argument; throws and returns null if
  // there is none, or the object is closed.
  Map* MapAt(const Napi::CallbackInfo& info);
  // What the kernel made of a map, or before the load what the object says of it.
  int FactsOf(const Map& map, MapFacts* facts) const;
  bpf_program* ProgramAt(const Napi::CallbackInfo& info);

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
