#include "execve.h"
#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const struct event *e = data;
	printf("EXECVE %d %s\n", e->pid, e->comm);
	return 0;
}

int main(int argc, char **argv)
{
	// The kernel pads a perf record.
	char record[sizeof(struct event) + 8];
	uint64_t object = load_object();
	attach(object, "enter_execve", NULL);
	print_records(object, "events", print, record, sizeof(record), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
