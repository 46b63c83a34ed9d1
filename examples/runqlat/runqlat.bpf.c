// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// Counts how long tasks that can run wait for a CPU, as a histogram of powers of two.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define TASK_RUNNING 0
#define SLOTS 32

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, __u64);
} queued SEC(".maps");

// Slot n counts waits of 2^n microseconds and more, below 2^(n+1); slot 0 those below 2 as well.
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} slots SEC(".maps");

static void enqueue(__u32 pid)
{
	__u64 now = bpf_ktime_get_ns();
	// The idle task always can run.
	if (pid)
		bpf_map_update_elem(&queued, &pid, &now, BPF_ANY);
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task)
{
	enqueue(task->pid);
	return 0;
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *task)
{
	enqueue(task->pid);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	// One that had to make room goes on waiting.
	if (BPF_CORE_READ(prev, __state) == TASK_RUNNING)
		enqueue(prev->pid);

	__u32 pid = next->pid;
	__u64 *since = bpf_map_lookup_elem(&queued, &pid);
	if (!since)
		return 0;
	__u64 us = (bpf_ktime_get_ns() - *since) / 1000;
	bpf_map_delete_elem(&queued, &pid);

	__u32 slot = 0;
	for (int i = 0; i < SLOTS - 1 && us > 1; i++, us >>= 1)
		slot++;
	__u64 *count = bpf_map_lookup_elem(&slots, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
