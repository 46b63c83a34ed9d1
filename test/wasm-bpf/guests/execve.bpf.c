#include "bpf.h"
#include "execve.h"

PERF(events);

SEC("tracepoint/syscalls/sys_enter_execve")
int enter_execve(void *ctx)
{
	struct event e = { .pid = bpf_get_current_pid_tgid() >> 32 };
	bpf_get_current_comm(e.comm, sizeof(e.comm));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	return 0;
}
