#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	printf("CONNECTED %u\n", *(const unsigned *)data);
	return 0;
}

// sockops MILLISECONDS CGROUP
int main(int argc, char **argv)
{
	unsigned port;
	uint64_t object = load_object();
	attach(object, "handle_sockops", argc > 2 ? argv[2] : NULL);
	print_records(object, "rb", print, &port, sizeof(port), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
