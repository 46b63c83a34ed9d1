#include <unistd.h>

#include "tool.h"

// targets MILLISECONDS PROGRAM TARGET
int main(int argc, char **argv)
{
	uint64_t object = load_object();
	if (argc < 4)
		return 2;
	attach(object, argv[2], argv[3]);
	int map = find_map(object, "hits");
	printf("READY\n");
	fflush(stdout);
	usleep(milliseconds(argc, argv) * 1000);
	for (uint32_t slot = 0; slot < 3; slot++) {
		uint64_t count = 0;
		wasm_bpf_map_operate(map, MAP_LOOKUP, &slot, &count, NULL, 0);
		printf("HITS %u %llu\n", slot, count);
	}
	return wasm_close_bpf_object(object);
}
