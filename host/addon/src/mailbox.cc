#include "mailbox.h"

#include <errno.h>

#include <cstdint>

#include "environment.h"
#include "map.h"
#include "table.h"

namespace wbpf {
namespace {

// As MapOperation of host/src/backend/kernel/mailbox.ts: the kernel's own numbers (enum bpf_cmd),
// and one for what differs from BPF_MAP_GET_NEXT_KEY only in what offset 0 means.
enum Operation : uint32_t {
  kLookup = 1,
  kUpdate = 2,
  kDelete = 3,
  kNextKey = 4,
  kLookupAndDelete = 21,
  kKeyAfter = 100,
};

}  // namespace

struct Mailbox::Words {
  int32_t map;
  uint32_t operation;
  uint32_t key;
  // Of kNextKey and kKeyAfter: where the key that follows goes.
  uint32_t value;
  uint32_t flags;
  int32_t result;
};

namespace {

int32_t Run(MapCalls* map, const Mailbox::Words& words) {
  switch (words.operation) {
    case kLookup:
      return map->Lookup(words.key, words.value, words.flags);
    case kUpdate:
      return map->Update(words.key, words.value, words.flags);
    case kDelete:
      return map->Delete(words.key);
    case kNextKey:
      return map->NextKey(words.key, words.value);
    case kLookupAndDelete:
      return map->LookupAndDelete(words.key, words.value, words.flags);
    case kKeyAfter:
      return map->KeyAfter(words.key, words.value);
    default:
      return -EINVAL;
  }
}

napi_value Operate(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data) != napi_ok) return nullptr;
  const Mailbox& mailbox = *static_cast<const Mailbox*>(data);
  MapCalls* map = mailbox.maps->Find(mailbox.words->map);
  mailbox.words->result = map ? Run(map, *mailbox.words) : -EBADF;
  return nullptr;
}

}  // namespace

js::Value OpenMailbox(const js::Call& info) {
  const napi_env env = info.env();
  Environment* environment = Environment::Of(env);
  if (!environment) return {};
  Mailbox& mailbox = environment->mailbox();
  // Whoever asks again gets the same one: two of them would answer each other's questions.
  if (!mailbox.object.empty()) return mailbox.object.Get();
  void* words = nullptr;
  napi_value buffer = nullptr;
  if (napi_create_arraybuffer(env, sizeof(Mailbox::Words), &words, &buffer) != napi_ok) return {};
  mailbox.words = static_cast<Mailbox::Words*>(words);
  mailbox.maps = &Table<MapCalls>::OfThread();
  js::Object object(env);
  object.Set("words", js::Value(env, buffer));
  object.Set("operate", environment->Function("operate", Operate, &mailbox));
  mailbox.object.Hold(object);
  return object;
}

}  // namespace wbpf
