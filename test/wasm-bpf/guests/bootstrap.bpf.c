#include "bpf.h"
#include "bootstrap.h"

RING(rb, 256 * 1024);

static int tell(int exit)
{
	__u64 id = bpf_get_current_pid_tgid();
	if (exit && (__u32)id != id >> 32)
		return 0;
	struct event *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);
	if (!e)
		return 0;
	e->pid = id >> 32;
	e->exit = exit;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tp/sched/sched_process_exec")
int handle_exec(void *ctx)
{
	return tell(0);
}

SEC("tp/sched/sched_process_exit")
int handle_exit(void *ctx)
{
	return tell(1);
}
