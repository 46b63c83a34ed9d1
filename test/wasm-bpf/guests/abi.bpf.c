#include "bpf.h"

#define RECORDS 40

struct enter {
	__u64 common;
	__s64 number;
	__s64 arguments[6];
};

MAP(hash, BPF_MAP_TYPE_HASH, 4, __u32, __u64);
MAP(percpu, BPF_MAP_TYPE_PERCPU_ARRAY, 1, __u32, __u32);
RING(first, 4096);
RING(second, 64 * 1024);
PERF(perf);

// Each call of getpriority(2) with a kind that does not exist fills the buffers: nobody else makes
// such a call.
SEC("tracepoint/syscalls/sys_enter_getpriority")
int on_getpriority(struct enter *ctx)
{
	__u32 record[8] = {};
	if (ctx->arguments[0] != 77)
		return 0;
	for (int i = 0; i < RECORDS; i++) {
		record[0] = i;
		bpf_ringbuf_output(&first, record, sizeof(record), 0);
		record[0] = 1000 + i;
		bpf_ringbuf_output(&second, record, sizeof(record), 0);
	}
	record[0] = 5000;
	bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, record, sizeof(record));
	return 0;
}

SEC("xdp")
int on_packet(struct xdp_md *ctx)
{
	return XDP_PASS;
}
