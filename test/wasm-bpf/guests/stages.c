#include <unistd.h>

#include "tool.h"

static int ignore(void *ctx, void *data, int size)
{
	return 0;
}

// stages MILLISECONDS PROGRAM TARGET MAP: waits, attaches, waits again. Without a program it only waits.
int main(int argc, char **argv)
{
	char record[256];
	printf("STARTED\n");
	fflush(stdout);
	usleep(milliseconds(argc, argv) * 1000);
	if (argc < 4)
		return 0;
	uint64_t object = load_object();
	attach(object, argv[2], argv[3]);
	printf("READY\n");
	fflush(stdout);
	if (argc > 4) {
		print_records(object, argv[4], ignore, record, sizeof(record), 60 * 1000);
	} else {
		for (int i = 0; i < 600; i++)
			usleep(100 * 1000);
	}
	return wasm_close_bpf_object(object);
}
