// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// Fills a ring with records of 64 bytes when somebody calls getpriority(78).
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define BATCH 2048

struct event {
	__u64 value;
	__u8 rest[56];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

const struct event *rb_event __attribute__((unused));

struct enter {
	__u64 common;
	__s64 number;
	__s64 arguments[6];
};

SEC("tracepoint/syscalls/sys_enter_getpriority")
int fill(struct enter *ctx)
{
	struct event e = { .value = 1 };
	if (ctx->arguments[0] != 78)
		return 0;
	for (int i = 0; i < BATCH; i++)
		bpf_ringbuf_output(&rb, &e, sizeof(e), BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
