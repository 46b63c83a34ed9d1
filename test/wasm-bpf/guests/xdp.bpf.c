#include "bpf.h"

// Packets by length.
MAP(seen, BPF_MAP_TYPE_HASH, 4096, __u32, __u64);

SEC("xdp")
int count_packets(struct xdp_md *ctx)
{
	__u32 length = ctx->data_end - ctx->data;
	__u64 one = 1;
	__u64 *count = bpf_map_lookup_elem(&seen, &length);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&seen, &length, &one, BPF_ANY);
	return XDP_PASS;
}
