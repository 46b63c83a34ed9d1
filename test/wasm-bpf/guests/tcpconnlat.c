#include "tcpconnlat.h"
#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const struct event *e = data;
	printf("CONNECT %u.%u.%u.%u %u %llu\n", e->address[0], e->address[1], e->address[2],
	       e->address[3], e->port, e->ns);
	return 0;
}

int main(int argc, char **argv)
{
	char record[sizeof(struct event) + 8] __attribute__((aligned(8)));
	uint64_t object = load_object();
	attach(object, "set_state", NULL);
	print_records(object, "events", print, record, sizeof(record), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
