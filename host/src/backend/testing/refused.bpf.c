// A program that no verifier may accept: it uses a map's value without testing that there is one.

// The order matters: the helpers need the types.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
// clang-format on

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8);
  __type(key, __u32);
  __type(value, __u32);
} counts SEC(".maps");

SEC("syscall")
int accepted(void *context) { return 0; }

SEC("syscall")
int unchecked(void *context) {
  __u32 key = 1;
  __u32 *count = bpf_map_lookup_elem(&counts, &key);
  return *count;
}

char LICENSE[] SEC("license") = "GPL";
