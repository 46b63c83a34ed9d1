#include "bpf.h"
#include "packet.h"

#define ETH_HLEN 14
#define ETH_P_IP 0x0800
#define IPPROTO_UDP 17

RING(rb, 64 * 1024);

// Nobody reads the socket: the packet is told through the ring and dropped.
SEC("socket")
int socket_handler(struct __sk_buff *skb)
{
	__u16 ethertype, port;
	__u8 protocol;
	if (bpf_skb_load_bytes(skb, 12, &ethertype, 2) || ethertype != bpf_htons(ETH_P_IP))
		return 0;
	if (bpf_skb_load_bytes(skb, ETH_HLEN + 9, &protocol, 1) || protocol != IPPROTO_UDP)
		return 0;
	struct packet *p = bpf_ringbuf_reserve(&rb, sizeof(*p), 0);
	if (!p)
		return 0;
	p->length = skb->len;
	p->protocol = protocol;
	bpf_skb_load_bytes(skb, ETH_HLEN + 12, p->source, 4);
	bpf_skb_load_bytes(skb, ETH_HLEN + 16, p->destination, 4);
	port = 0;
	bpf_skb_load_bytes(skb, ETH_HLEN + 20 + 2, &port, 2);
	p->port = bpf_ntohs(port);
	bpf_ringbuf_submit(p, 0);
	return 0;
}
