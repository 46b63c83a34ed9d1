#include "bpf.h"
#include "tcpconnlat.h"

enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2 };

// As in the kernel's events/sock/inet_sock_set_state/format.
struct change {
	__u64 common;
	const void *socket;
	int before;
	int after;
	__u16 sport;
	__u16 dport;
	__u16 family;
	__u16 protocol;
	__u8 saddr[4];
	__u8 daddr[4];
};

MAP(sent, BPF_MAP_TYPE_HASH, 4096, const void *, __u64);
PERF(events);

SEC("tracepoint/sock/inet_sock_set_state")
int set_state(struct change *ctx)
{
	const void *socket = ctx->socket;
	__u64 now = bpf_ktime_get_ns();
	if (ctx->after == TCP_SYN_SENT) {
		bpf_map_update_elem(&sent, &socket, &now, BPF_ANY);
		return 0;
	}
	__u64 *at = bpf_map_lookup_elem(&sent, &socket);
	if (!at)
		return 0;
	if (ctx->after == TCP_ESTABLISHED) {
		struct event e = { .ns = now - *at, .port = ctx->dport };
		__builtin_memcpy(e.address, ctx->daddr, 4);
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &e, sizeof(e));
	}
	bpf_map_delete_elem(&sent, &socket);
	return 0;
}
