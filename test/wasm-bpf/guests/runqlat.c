#include <unistd.h>

#include "tool.h"

int main(int argc, char **argv)
{
	uint64_t object = load_object();
	attach(object, "handle_wakeup", NULL);
	attach(object, "handle_switch", NULL);
	int map = find_map(object, "slots");
	printf("READY\n");
	fflush(stdout);
	usleep(milliseconds(argc, argv) * 1000);
	uint64_t total = 0;
	for (uint32_t slot = 0; slot < 32; slot++) {
		uint64_t count = 0;
		if (wasm_bpf_map_operate(map, MAP_LOOKUP, &slot, &count, NULL, 0) < 0)
			return 1;
		if (count)
			printf("SLOT %u %llu\n", slot, count);
		total += count;
	}
	printf("TOTAL %llu\n", total);
	return wasm_close_bpf_object(object);
}
