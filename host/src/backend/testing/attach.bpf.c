// A small object that attaches to a tracepoint.

// The order matters: the helpers need the types.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
// clang-format on

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} rb SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context) {
  __u64 time = bpf_ktime_get_ns();
  bpf_ringbuf_output(&rb, &time, sizeof time, 0);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
