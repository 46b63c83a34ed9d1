#include "packet.h"
#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const struct packet *p = data;
	printf("UDP %u.%u.%u.%u %u %u\n", p->destination[0], p->destination[1], p->destination[2],
	       p->destination[3], p->port, p->length);
	return 0;
}

// sockfilter MILLISECONDS INTERFACE
int main(int argc, char **argv)
{
	struct packet p;
	uint64_t object = load_object();
	attach(object, "socket_handler", argc > 2 ? argv[2] : "lo");
	print_records(object, "rb", print, &p, sizeof(p), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
