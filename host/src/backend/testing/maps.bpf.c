// A map of each kind that has calls of its own, and one variable in each data section.

// The order matters: the helpers need the types.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
// clang-format on

#define KEYED(name, kind, entries)     \
  struct {                             \
    __uint(type, BPF_MAP_TYPE_##kind); \
    __uint(max_entries, entries);      \
    __type(key, __u32);                \
    __type(value, __u64);              \
  } name SEC(".maps")

KEYED(hash, HASH, 4);
KEYED(lru, LRU_HASH, 16);
KEYED(array, ARRAY, 8);
KEYED(percpu_hash, PERCPU_HASH, 4);
KEYED(percpu_array, PERCPU_ARRAY, 4);

#define KEYLESS(name, kind, entries)   \
  struct {                             \
    __uint(type, BPF_MAP_TYPE_##kind); \
    __uint(max_entries, entries);      \
    __type(value, __u32);              \
  } name SEC(".maps")

KEYLESS(queue, QUEUE, 4);
KEYLESS(stack, STACK, 4);
KEYLESS(bloom, BLOOM_FILTER, 64);

// The value of a per-CPU map is rounded up to 8 bytes for each CPU.
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __uint(value_size, 12);
} percpu_odd SEC(".maps");

const volatile __u32 factor = 2;
const volatile __u64 offset = 0x1122334455667788;
__u32 counter = 5;
__u64 result;
__u32 custom SEC(".data.custom") = 77;

// Reads what the test set before the load, and leaves what it computed in .bss and in the hash.
SEC("syscall")
int compute(__u32 *input) {
  __u32 key = 1;
  result = (__u64)*input * factor + offset + custom;
  counter++;
  bpf_map_update_elem(&hash, &key, &result, BPF_ANY);
  *input = counter;
  return 42;
}

char LICENSE[] SEC("license") = "GPL";
