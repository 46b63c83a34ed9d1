// What bench/main.ts measures, as a module for wasm-bpf.
#include <time.h>

#include "tool.h"

#define LOOKUPS 200000

static uint64_t sum;
static int records;

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static int add(void *ctx, void *data, int size)
{
	sum += *(const uint64_t *)data;
	records++;
	return 0;
}

int main(void)
{
	uint64_t record[8], value = 7;
	uint32_t key = 1;
	uint64_t object = load_object();
	attach(object, "fill", NULL);
	int ring = find_map(object, "rb"), hash = find_map(object, "hash");
	wasm_bpf_map_operate(hash, MAP_UPDATE, &key, &value, NULL, 0);
	double start = 0, took = 0;
	for (int round = 0; round < 3; round++) {
		printf("FILL\n");
		fflush(stdout);
		double until = now() + 1e9;
		while (now() < until)
			;
		records = 0;
		start = now();
		while (poll_buffer(object, ring, add, NULL, record, sizeof(record), 0) > 0)
			;
		took = now() - start;
	}
	printf("records %d ns %f\n", records, took / records);
	start = now();
	for (int i = 0; i < LOOKUPS; i++) {
		wasm_bpf_map_operate(hash, MAP_LOOKUP, &key, &value, NULL, 0);
		sum += value;
	}
	printf("lookups %d ns %f\n", LOOKUPS, (now() - start) / LOOKUPS);
	return sum > 0 ? 0 : 1;
}
