// A loaded map, as the calls of a module see it.
#pragma once

#include <cstdint>
#include <memory>

#include "guest.h"
#include "table.h"

namespace wbpf {

// The kernel's word on a map, not the object's: a pinned map that was reused may differ.
struct MapFacts {
  uint32_t type = 0;
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint32_t max_entries = 0;
  uint32_t flags = 0;
  // Unique among the maps that the kernel has now.
  uint32_t id = 0;
};

// Where the elements of a type of map name file descriptors of the process that asks. A module must
// never name one: whatever it guesses is the host's.
enum class Descriptors {
  kNone,
  // The whole value of an update.
  kValue,
  // The second half of a value of 8 bytes; 0 is none (struct bpf_devmap_val, bpf_cpumap_val).
  kSecondHalf,
  // The key.
  kKey,
};
Descriptors DescriptorsOf(const MapFacts& facts);

// BPF_OBJ_GET_INFO_BY_FD. 0 or a negative errno.
int ReadMapFacts(int fd, MapFacts* facts);

// Number of CPUs that the kernel may ever bring up (/sys/devices/system/cpu/possible): a per-CPU
// map has a value for each. 0 if unreadable.
uint32_t PossibleCpus();

// Bytes that the kernel copies for one element: for a per-CPU map the value rounded up to 8, times
// the possible CPUs.
uint64_t ValueBytes(const MapFacts& facts);

// Each call checks its ranges and makes one bpf(2) on the module's own memory. The results are
// bpf(2)'s, or -EFAULT, or -EBADF before load and after close, or -EPERM where the kernel would
// take a number of the module's for a file descriptor.
class MapCalls : public Numbered<MapCalls> {
 public:
  MapCalls(std::shared_ptr<Guest> guest, const MapFacts& facts)
      : guest_(std::move(guest)),
        descriptors_(DescriptorsOf(facts)),
        key_size_(facts.key_size),
        value_bytes_(ValueBytes(facts)) {}

  void Open(int fd) { fd_ = fd; }
  // The descriptor belongs to libbpf; after this the calls no longer use it.
  void Close() { fd_ = -1; }

  int32_t Lookup(uint32_t key, uint32_t value, uint32_t flags);
  int32_t Update(uint32_t key, uint32_t value, uint32_t flags);
  int32_t Delete(uint32_t key);
  // BPF_MAP_LOOKUP_AND_DELETE_ELEM: queues and stacks since Linux 4.20, hashes since 5.14.
  int32_t LookupAndDelete(uint32_t key, uint32_t value, uint32_t flags);
  // Offset 0 asks for the first key.
  int32_t NextKey(uint32_t key, uint32_t next) { return Next(key, key != 0, next); }
  // Offset 0 is an address like any other.
  int32_t KeyAfter(uint32_t key, uint32_t next) { return Next(key, true, next); }

  // For a map whose values are descriptors: `fd` is the host's to choose, never the module's.
  int32_t UpdateDescriptor(uint32_t key, uint32_t fd, uint32_t flags);
  // For one whose values are a number and a program: `fd` 0 is none.
  int32_t UpdatePair(uint32_t key, uint32_t number, uint32_t fd);
  // For a map whose keys are descriptors.
  int32_t LookupOf(uint32_t fd, uint32_t value, uint32_t flags);
  int32_t UpdateOf(uint32_t fd, uint32_t value, uint32_t flags);
  int32_t DeleteOf(uint32_t fd);
  // BPF_MAP_*_BATCH by its number, or one by one where the kernel (before Linux 5.6) or the type of
  // map has no batches. `arguments` is a struct of docs/abi.md in the module's memory.
  int32_t Batch(uint32_t command, uint32_t arguments);
  // From now on only BPF programs may write it (Linux 5.2).
  int32_t Freeze();

 private:
  int32_t Next(uint32_t key, bool has_key, uint32_t next);
  // map_batch.cc
  struct BatchCall;
  int32_t KernelBatch(uint32_t command, BatchCall* call);
  int32_t LookupEach(bool remove, BatchCall* call);
  int32_t UpdateEach(bool remove, BatchCall* call);
  // The address of a range of the module's memory for bpf(2); one without bytes has none.
  bool Address(uint32_t pointer, uint64_t length, uint64_t* address) const;

  std::shared_ptr<Guest> guest_;
  int fd_ = -1;
  Descriptors descriptors_;
  uint32_t key_size_;
  uint64_t value_bytes_;
  // Batch commands that this map is known not to have, by their bits.
  uint64_t missing_batches_ = 0;
};

}  // namespace wbpf
