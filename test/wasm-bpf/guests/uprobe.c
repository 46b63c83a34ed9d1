#include "tool.h"

static int print(void *ctx, void *data, int size)
{
	const int *told = data;
	printf("%s %d\n", told[1] ? "RETURN" : "CALL", told[0]);
	return 0;
}

// uprobe MILLISECONDS PATH:FUNCTION
int main(int argc, char **argv)
{
	int told[2];
	uint64_t object = load_object();
	const char *target = argc > 2 ? argv[2] : "";
	attach(object, "enter", target);
	attach(object, "leave", target);
	print_records(object, "rb", print, told, sizeof(told), milliseconds(argc, argv));
	return wasm_close_bpf_object(object);
}
