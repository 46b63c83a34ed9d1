// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// Samples what the CPUs do: the stacks of the kernel and of the process, at each sample of a perf event.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define DEPTH 96

struct stack_sample {
	__u32 pid;
	// Bytes of each stack; negative: there is none, or it could not be read.
	__s32 kernel_size;
	__s32 user_size;
	__u32 unused;
	char comm[16];
	__u64 kernel[DEPTH];
	__u64 user[DEPTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
	__type(value, struct stack_sample);
} samples SEC(".maps");

const volatile __u32 only_pid = 0;
// Samples for which there was no room.
__u64 lost = 0;

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	// The idle task.
	if (pid == 0 || (only_pid && pid != only_pid))
		return 0;
	struct stack_sample *sample = bpf_ringbuf_reserve(&samples, sizeof(*sample), 0);
	if (!sample) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	sample->pid = pid;
	sample->unused = 0;
	bpf_get_current_comm(&sample->comm, sizeof(sample->comm));
	sample->kernel_size = bpf_get_stack(ctx, sample->kernel, sizeof(sample->kernel), 0);
	sample->user_size = bpf_get_stack(ctx, sample->user, sizeof(sample->user), BPF_F_USER_STACK);
	bpf_ringbuf_submit(sample, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
