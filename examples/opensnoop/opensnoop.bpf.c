// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
// Tells of every file that is opened with openat(2), and how that went.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct event {
	__s32 pid;
	__s32 result; // the descriptor, or a negative errno
	__s32 flags;  // O_* of open(2)
	char comm[16];
	char filename[256];
};

// What is known when the call begins.
struct call {
	__u64 filename; // address in the process
	__s32 flags;
};

// 0: every process.
const volatile __s32 only_pid = 0;
// Leaves out the calls that succeeded.
const volatile bool only_failed = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u64);
	__type(value, struct call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} rb SEC(".maps");

// Keeps the type of rb's records in the object's BTF, where the bindings come from.
const struct event *rb_event __attribute__((unused));

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_openat(struct trace_event_raw_sys_enter *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	if (only_pid && (__s32)(id >> 32) != only_pid)
		return 0;
	struct call call = { .filename = ctx->args[1], .flags = ctx->args[2] };
	bpf_map_update_elem(&calls, &id, &call, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int exit_openat(struct trace_event_raw_sys_exit *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct call *call = bpf_map_lookup_elem(&calls, &id);
	if (!call)
		return 0;
	if (!only_failed || ctx->ret < 0) {
		struct event *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
		if (e) {
			e->pid = id >> 32;
			e->result = ctx->ret;
			e->flags = call->flags;
			bpf_get_current_comm(&e->comm, sizeof(e->comm));
			// Only now: the page with the name may not have been there when the call began.
			if (bpf_probe_read_user_str(&e->filename, sizeof(e->filename),
						    (const char *)call->filename) < 0)
				e->filename[0] = 0;
			bpf_ringbuf_submit(e, 0);
		}
	}
	bpf_map_delete_elem(&calls, &id);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
