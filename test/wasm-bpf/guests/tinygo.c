// In the shape of a TinyGo module: no function table, 64-bit pointers, and a callback that is an
// export of a fixed name.
#define WIDE_POINTERS
#include "tool.h"

__attribute__((import_module("callback-wrapper"), import_name("wasm_bpf_buffer_poll")))
int callback_wrapper_poll(uint64_t object, int map, int ctx, void *data, int max_size,
			  int timeout_ms);

static int sum;

__attribute__((export_name("go-callback")))
int go_callback(int ctx, void *data, int size)
{
	sum += *(const int *)data;
	printf("RECORD %d %d %d\n", ctx, *(const int *)data, size);
	return 0;
}

int main(int argc, char **argv)
{
	char record[32];
	uint64_t object = load_object();
	int map = find_map(object, "second");
	attach(object, "on_getpriority", NULL);
	printf("FILL\n");
	fflush(stdout);
	int count = callback_wrapper_poll(object, map, 42, record, sizeof(record), 5000);
	printf("COUNT %d SUM %d\n", count, sum);
	return wasm_close_bpf_object(object);
}
