// Many elements of a map in one call.
#include <errno.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "map.h"
#include "syscall.h"

namespace wbpf {

// What the module gives, with addresses checked: docs/abi.md.
struct MapCalls::BatchCall {
  enum Word { kIn, kOut, kKeys, kValues, kCount, kElementFlags, kFlags, kWords };
  uint32_t words[kWords];
  uint64_t in = 0;
  uint64_t out = 0;
  uint64_t keys = 0;
  uint64_t values = 0;
  // Elements asked for, then elements done.
  uint32_t count = 0;
};

namespace {

// What bpf(2) says of a type of map without batches: include/linux/errno.h.
constexpr int kNotSupported = 524;

void* Pointer(uint64_t address) { return reinterpret_cast<void*>(address); }

}  // namespace

int32_t MapCalls::Batch(uint32_t command, uint32_t arguments) {
  if (fd_ < 0) return -EBADF;
  if (command < BPF_MAP_LOOKUP_BATCH || command > BPF_MAP_DELETE_BATCH) return -EINVAL;
  const bool reads = command == BPF_MAP_LOOKUP_BATCH || command == BPF_MAP_LOOKUP_AND_DELETE_BATCH;
  if (descriptors_ == Descriptors::kKey) return -EPERM;
  if (descriptors_ == Descriptors::kValue && command == BPF_MAP_UPDATE_BATCH) return -EPERM;

  BatchCall call;
  if (!guest_->Contains(arguments, sizeof call.words)) return -EFAULT;
  memcpy(call.words, guest_->At(arguments), sizeof call.words);
  call.count = call.words[BatchCall::kCount];
  // A position in the map: a hash's is a u32, any other's a key.
  const uint64_t token = std::max<uint64_t>(key_size_, sizeof(uint32_t));
  if (key_size_ == 0) return -EOPNOTSUPP;
  if (!Address(call.words[BatchCall::kKeys], uint64_t{call.count} * key_size_, &call.keys)) {
    return -EFAULT;
  }
  if (command != BPF_MAP_DELETE_BATCH &&
      !Address(call.words[BatchCall::kValues], uint64_t{call.count} * value_bytes_, &call.values)) {
    return -EFAULT;
  }
  if (reads) {
    const uint32_t in = call.words[BatchCall::kIn];
    if (in != 0 && !Address(in, token, &call.in)) return -EFAULT;
    if (!Address(call.words[BatchCall::kOut], token, &call.out)) return -EFAULT;
  }
  if (call.count == 0) return 0;

  const uint64_t bit = uint64_t{1} << command;
  // The halves of such values are looked at one by one.
  const bool each = descriptors_ == Descriptors::kSecondHalf || (missing_batches_ & bit) != 0;
  int32_t result = each ? -kNotSupported : KernelBatch(command, &call);
  if (result == -kNotSupported) missing_batches_ |= bit;
  // Before Linux 5.6 the command itself is invalid; if it was the flags, they are so one by one
  // too.
  if (result == -kNotSupported || (result == -EINVAL && call.words[BatchCall::kFlags] == 0)) {
    call.count = call.words[BatchCall::kCount];
    result = reads ? LookupEach(command == BPF_MAP_LOOKUP_AND_DELETE_BATCH, &call)
                   : UpdateEach(command == BPF_MAP_DELETE_BATCH, &call);
  }
  // The memory did not move: nothing of the module ran meanwhile.
  memcpy(guest_->At(arguments) + BatchCall::kCount * sizeof(uint32_t), &call.count,
         sizeof call.count);
  return result;
}

int32_t MapCalls::KernelBatch(uint32_t command, BatchCall* call) {
  bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.batch.map_fd = static_cast<uint32_t>(fd_);
  attributes.batch.in_batch = call->in;
  attributes.batch.out_batch = call->out;
  attributes.batch.keys = call->keys;
  attributes.batch.values = call->values;
  attributes.batch.count = call->count;
  attributes.batch.elem_flags = call->words[BatchCall::kElementFlags];
  attributes.batch.flags = call->words[BatchCall::kFlags];
  const int result = Bpf(static_cast<bpf_cmd>(command), &attributes, sizeof attributes);
  // After -EFAULT the kernel's count means nothing.
  call->count = result == -EFAULT ? 0 : attributes.batch.count;
  return result;
}

int32_t MapCalls::LookupEach(bool remove, BatchCall* call) {
  const uint32_t wanted = call->count;
  std::vector<uint8_t> before(key_size_);
  std::vector<uint8_t> key(key_size_);
  bool started = call->in != 0 && !remove;
  if (started) memcpy(before.data(), Pointer(call->in), key_size_);
  MapElement element{static_cast<uint32_t>(fd_), 0, 0, 0, 0};
  int32_t result = 0;
  // Keys that were deleted between the two calls; others may be deleting for ever.
  uint32_t lost = 0;
  for (call->count = 0; call->count < wanted && lost < wanted;) {
    element.key = started ? reinterpret_cast<uint64_t>(before.data()) : 0;
    element.value = reinterpret_cast<uint64_t>(key.data());
    element.flags = 0;
    result = Bpf(BPF_MAP_GET_NEXT_KEY, &element);
    if (result < 0) break;
    element.key = reinterpret_cast<uint64_t>(key.data());
    element.value = call->values + call->count * value_bytes_;
    element.flags = call->words[BatchCall::kElementFlags];
    result = Bpf(BPF_MAP_LOOKUP_ELEM, &element);
    if (result == 0 && remove) {
      // Deleting takes neither, and refuses both.
      element.value = 0;
      element.flags = 0;
      result = Bpf(BPF_MAP_DELETE_ELEM, &element);
    }
    if (result < 0 && result != -ENOENT) break;
    before = key;
    started = !remove;
    if (result == -ENOENT) {
      lost++;
      result = 0;
      continue;
    }
    memcpy(Pointer(call->keys + uint64_t{call->count} * key_size_), key.data(), key_size_);
    call->count++;
  }
  memcpy(Pointer(call->out), before.data(), key_size_);
  return result;
}

int32_t MapCalls::UpdateEach(bool remove, BatchCall* call) {
  const uint32_t wanted = call->count;
  const uint32_t keys = call->words[BatchCall::kKeys];
  const uint32_t values = call->words[BatchCall::kValues];
  for (call->count = 0; call->count < wanted; call->count++) {
    const uint32_t key = keys + call->count * key_size_;
    const int32_t result =
        remove ? Delete(key)
               : Update(key, values + static_cast<uint32_t>(call->count * value_bytes_),
                        call->words[BatchCall::kElementFlags]);
    if (result < 0) return result;
  }
  return 0;
}

}  // namespace wbpf
