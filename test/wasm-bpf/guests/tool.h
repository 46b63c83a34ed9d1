// What most guests do: load, attach every program, print records until they are told to stop.
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "wasm_bpf.h"

// The first argument is how long to run, in milliseconds.
static inline int milliseconds(int argc, char **argv)
{
	return argc > 1 ? atoi(argv[1]) : 1000;
}

static inline uint64_t load_object(void)
{
	uint64_t object = wasm_load_bpf_object(bpf_object, bpf_object_length);
	if (!object) {
		fprintf(stderr, "guest: load failed\n");
		exit(1);
	}
	return object;
}

static inline void attach(uint64_t object, const char *program, const char *target)
{
	int error = wasm_attach_bpf_program(object, program, target);
	if (error < 0) {
		fprintf(stderr, "guest: attach %s: %d\n", program, error);
		exit(1);
	}
}

static inline int find_map(uint64_t object, const char *name)
{
	int map = wasm_bpf_map_fd_by_name(object, name);
	if (map < 0) {
		fprintf(stderr, "guest: map %s: %d\n", name, map);
		exit(1);
	}
	return map;
}

// Says that everything is attached, then polls in slices of 50 ms until `left` of them are over or
// the host says that it is enough.
static inline void print_records(uint64_t object, const char *map, record_callback callback,
				 void *data, int size, int left)
{
	int fd = find_map(object, map);
	// The first poll opens the buffer: before it, what goes through a perf buffer is lost.
	poll_buffer(object, fd, callback, NULL, data, size, 0);
	printf("READY\n");
	fflush(stdout);
	for (left /= 50; left > 0; left--) {
		int count = poll_buffer(object, fd, callback, NULL, data, size, 50);
		fflush(stdout);
		if (count < 0)
			break;
	}
}
