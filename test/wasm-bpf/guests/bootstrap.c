#include "bootstrap.h"
#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const struct event *e = data;
	printf("%s %d %s %d\n", e->exit ? "EXIT" : "EXEC", e->pid, e->comm, size);
	return 0;
}

int main(int argc, char **argv)
{
	struct event e;
	uint64_t object = load_object();
	attach(object, "handle_exec", NULL);
	attach(object, "handle_exit", "");
	print_records(object, "rb", print, &e, sizeof(e), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
