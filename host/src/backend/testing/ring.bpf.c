// Producers of ring buffer records, driven exactly by test runs, or by a system call of one
// process.

// The order matters: the helpers need the types.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
// clang-format on

#ifndef RING_SIZE
#define RING_SIZE (64 * 1024)
#endif

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, RING_SIZE);
} rb SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} second SEC(".maps");

struct record {
  __u64 sequence;
  __u64 value;
};

// What a test asks for. Handed back with what was done.
struct request {
  __u64 sequence;   // of the next record
  __u32 count;      // of records
  __u32 size;       // 0: struct record; else one record of that many bytes (see below)
  __u32 discard;    // every so-manieth is discarded
  __u32 ring;       // 0: rb, 1: second
  __u32 submitted;  // out
  __u32 failed;     // out: reserves for which there was no room
};

static long produce_one(__u32 index, void *context) {
  struct request *r = context;
  // The map must be a constant at each call.
  struct record *record = r->ring ? bpf_ringbuf_reserve(&second, sizeof *record, 0)
                                  : bpf_ringbuf_reserve(&rb, sizeof *record, 0);
  if (!record) {
    r->failed++;
    return 1;
  }
  __u64 sequence = r->sequence++;
  record->sequence = sequence;
  record->value = sequence * 3 + 1;
  if (r->discard && sequence % r->discard == 0) {
    bpf_ringbuf_discard(record, 0);
  } else {
    r->submitted++;
    bpf_ringbuf_submit(record, 0);
  }
  return 0;
}

// `count` records, or as many as there is room for.
SEC("syscall")
int produce(struct request *asked) {
  struct request request = *asked;
  bpf_loop(request.count, produce_one, &request, 0);
  *asked = request;
  return 0;
}

char scratch[16384];

// One record of any size: `sequence` twice over, and what stands in scratch.
SEC("syscall")
int produce_sized(struct request *r) {
  __u32 size = r->size;
  if (size < 16) return 1;
  // Keeps clang from merging the two tests into one that the verifier cannot follow.
  asm volatile("" : "+r"(size));
  if (size > sizeof scratch) return 1;
  ((__u64 *)scratch)[0] = r->sequence;
  ((__u64 *)scratch)[1] = size;
  if (r->ring ? bpf_ringbuf_output(&second, scratch, size, 0)
              : bpf_ringbuf_output(&rb, scratch, size, 0))
    return 2;
  r->sequence++;
  r->submitted++;
  return 0;
}

#define DISCARDED_LARGE 8000

// A discarded record that is larger than a small batch buffer.
SEC("syscall")
int discard_large(struct request *r) {
  void *record = bpf_ringbuf_reserve(&rb, DISCARDED_LARGE, 0);
  if (!record) return 1;
  bpf_ringbuf_discard(record, 0);
  return 0;
}

const volatile __u32 traced_tgid = 0;
const volatile __u32 traced_syscall = 0;
// A section of its own, so that a test knows where they stand.
struct {
  __u64 next_sequence;
  __u64 lost;
} traced SEC(".data.traced") = {};

// A record for each of one process's calls of one system call.
SEC("raw_tracepoint/sys_enter")
int on_sys_enter(struct bpf_raw_tracepoint_args *ctx) {
  if (bpf_get_current_pid_tgid() >> 32 != traced_tgid || ctx->args[1] != traced_syscall) return 0;
  struct record *record = bpf_ringbuf_reserve(&rb, sizeof *record, 0);
  if (!record) {
    __sync_fetch_and_add(&traced.lost, 1);
    return 0;
  }
  __u64 sequence = __sync_fetch_and_add(&traced.next_sequence, 1);
  record->sequence = sequence;
  record->value = sequence * 3 + 1;
  bpf_ringbuf_submit(record, 0);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
