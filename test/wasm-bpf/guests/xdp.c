#include <unistd.h>

#include "tool.h"

// xdp MILLISECONDS INTERFACE
int main(int argc, char **argv)
{
	uint64_t object = load_object();
	attach(object, "count_packets", argc > 2 ? argv[2] : "lo");
	int map = find_map(object, "seen");
	printf("READY\n");
	fflush(stdout);
	usleep(milliseconds(argc, argv) * 1000);
	// No packet is that long, so the kernel begins at the first key.
	uint32_t key = UINT32_MAX, next;
	while (wasm_bpf_map_operate(map, MAP_NEXT_KEY, &key, NULL, &next, 0) == 0) {
		uint64_t count = 0;
		if (wasm_bpf_map_operate(map, MAP_LOOKUP, &next, &count, NULL, 0) == 0)
			printf("LENGTH %u %llu\n", next, count);
		key = next;
	}
	return wasm_close_bpf_object(object);
}
