#include "opensnoop.h"
#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const struct event *e = data;
	printf("OPEN %d %s %d %s\n", e->pid, e->comm, e->result, e->file);
	return 0;
}

int main(int argc, char **argv)
{
	char record[sizeof(struct event) + 8];
	uint64_t object = load_object();
	attach(object, "enter_openat", NULL);
	attach(object, "exit_openat", NULL);
	print_records(object, "events", print, record, sizeof(record), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
