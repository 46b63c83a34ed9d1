#include "bpf.h"

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

MAP(woken, BPF_MAP_TYPE_HASH, 10240, __u32, __u64);
// Slot n counts waits of 2^n to 2^(n+1) microseconds.
MAP(slots, BPF_MAP_TYPE_ARRAY, 32, __u32, __u64);

static void note(__u32 pid)
{
	__u64 now = bpf_ktime_get_ns();
	if (pid)
		bpf_map_update_elem(&woken, &pid, &now, BPF_ANY);
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(handle_wakeup, struct task_struct *task)
{
	note(task->pid);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(handle_switch, bool preempt, struct task_struct *before, struct task_struct *next)
{
	__u32 pid = next->pid;
	__u64 *at = bpf_map_lookup_elem(&woken, &pid);
	if (!at)
		return 0;
	__u64 us = (bpf_ktime_get_ns() - *at) / 1000;
	bpf_map_delete_elem(&woken, &pid);
	__u32 slot = 0;
	for (int i = 0; i < 31 && us > 1; i++, us >>= 1)
		slot++;
	__u64 *count = bpf_map_lookup_elem(&slots, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}
