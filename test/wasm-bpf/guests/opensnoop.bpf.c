#include "bpf.h"
#include "opensnoop.h"

// As in the kernel's events/syscalls/sys_*_openat/format.
struct enter {
	__u64 common;
	__s64 number;
	__s64 dfd;
	const char *file;
};
struct exit {
	__u64 common;
	__s64 number;
	__s64 result;
};

const volatile int only_pid = 0;
MAP(started, BPF_MAP_TYPE_HASH, 1024, __u64, const char *);
PERF(events);

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_openat(struct enter *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	const char *file = ctx->file;
	if (!only_pid || id >> 32 == only_pid)
		bpf_map_update_elem(&started, &id, &file, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int exit_openat(struct exit *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	const char **file = bpf_map_lookup_elem(&started, &id);
	if (!file)
		return 0;
	struct event e = { .pid = id >> 32, .result = ctx->result };
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_probe_read_user_str(e.file, sizeof(e.file), *file);
	bpf_map_delete_elem(&started, &id);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	return 0;
}
