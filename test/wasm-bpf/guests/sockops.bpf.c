#include "bpf.h"

// Remote ports of the connections that this cgroup made.
RING(rb, 64 * 1024);

SEC("sockops")
int handle_sockops(struct bpf_sock_ops *ctx)
{
	if (ctx->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
		return 1;
	__u32 port = bpf_ntohl(ctx->remote_port);
	bpf_ringbuf_output(&rb, &port, sizeof(port), 0);
	return 1;
}
