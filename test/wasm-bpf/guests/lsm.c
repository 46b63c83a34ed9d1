#include <string.h>

#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	printf("DENIED %d\n", *(const int *)data);
	return 0;
}

// lsm MILLISECONDS COMM
int main(int argc, char **argv)
{
	int pid;
	char name[16] = "";
	uint32_t zero = 0;
	uint64_t object = load_object();
	strncpy(name, argc > 2 ? argv[2] : "", sizeof(name) - 1);
	if (wasm_bpf_map_operate(find_map(object, "denied"), MAP_UPDATE, &zero, name, NULL, 0) < 0)
		return 1;
	attach(object, "mkdir_denied", NULL);
	print_records(object, "rb", print, &pid, sizeof(pid), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
