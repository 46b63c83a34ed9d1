// bad WHAT: a guest that does one thing wrong, and says what came of it.
#include <string.h>
#include <unistd.h>

#include "tool.h"

static uint64_t object;
static int first, second;
static char record[64];

static int count(void *ctx, void *data, int size)
{
	return 0;
}

static int wrong_type(int a, int b)
{
	return a + b;
}

static int traps(void *ctx, void *data, int size)
{
	__builtin_trap();
}

static int closes(void *ctx, void *data, int size)
{
	printf("closed %d\n", wasm_close_bpf_object(object));
	return 0;
}

static int recurses(void *ctx, void *data, int size)
{
	static int before;
	if (!before++) {
		printf("inner %d\n", poll_buffer(object, first, count, NULL, record, 32, 0));
		printf("inner-other %d\n", poll_buffer(object, second, count, NULL, record, 32, 0));
	}
	return 0;
}

static int grows(void *ctx, void *data, int size)
{
	__builtin_wasm_memory_grow(0, 1);
	return *(int *)data;
}

static int exits(void *ctx, void *data, int size)
{
	exit(7);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int callback = 0;
	object = load_object();
	first = find_map(object, "first");
	second = find_map(object, "second");
	attach(object, "on_getpriority", NULL);
	printf("FILL\n");
	fflush(stdout);
	usleep(400 * 1000);
	if (!strcmp(what, "index"))
		callback = 1000000;
	else if (!strcmp(what, "negative"))
		callback = -1;
	else if (!strcmp(what, "null"))
		callback = 0;
	else if (!strcmp(what, "type"))
		callback = (int)(uintptr_t)wrong_type;
	else if (!strcmp(what, "traps"))
		callback = (int)(uintptr_t)traps;
	else if (!strcmp(what, "closes"))
		callback = (int)(uintptr_t)closes;
	else if (!strcmp(what, "recurses"))
		callback = (int)(uintptr_t)recurses;
	else if (!strcmp(what, "grows"))
		callback = (int)(uintptr_t)grows;
	else if (!strcmp(what, "exits"))
		callback = (int)(uintptr_t)exits;
	else
		callback = (int)(uintptr_t)count;
	printf("poll %d\n", wasm_bpf_buffer_poll(object, first, callback, 0, record, 32, 0));
	printf("after %d\n", wasm_bpf_map_fd_by_name(object, "hash") > 0);
	return 0;
}
