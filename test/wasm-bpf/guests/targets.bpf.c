#include "bpf.h"

// Places that a section's name does not tell. Each program counts in a slot of its own.
MAP(hits, BPF_MAP_TYPE_ARRAY, 4, __u32, __u64);

static void hit(__u32 slot)
{
	__u64 *count = bpf_map_lookup_elem(&hits, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
}

SEC("tc")
int on_tc(struct __sk_buff *skb)
{
	hit(0);
	return 0;
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	hit(1);
	return 1;
}

SEC("cgroup/connect4")
int on_connect(struct bpf_sock_addr *ctx)
{
	hit(2);
	return 1;
}
