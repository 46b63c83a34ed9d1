// The published ABI as a C guest sees it: docs/wasm_bpf.md.
#pragma once

#include <stdint.h>

#define WASM_BPF(name) __attribute__((import_module("wasm_bpf"), import_name(name)))

WASM_BPF("wasm_load_bpf_object")
uint64_t wasm_load_bpf_object(const void *bytes, int length);
WASM_BPF("wasm_close_bpf_object")
int wasm_close_bpf_object(uint64_t object);
WASM_BPF("wasm_attach_bpf_program")
int wasm_attach_bpf_program(uint64_t object, const char *name, const char *target);
WASM_BPF("wasm_bpf_map_fd_by_name")
int wasm_bpf_map_fd_by_name(uint64_t object, const char *name);
#ifdef WIDE_POINTERS
WASM_BPF("wasm_bpf_map_operate")
int wasm_bpf_map_operate_wide(int map, int command, uint64_t key, uint64_t value, uint64_t next,
			      uint64_t flags);
#define wasm_bpf_map_operate(map, command, key, value, next, flags)                           \
	wasm_bpf_map_operate_wide(map, command, (uintptr_t)(key), (uintptr_t)(value),         \
				  (uintptr_t)(next), flags)
#else
WASM_BPF("wasm_bpf_map_operate")
int wasm_bpf_map_operate(int map, int command, const void *key, const void *value, void *next,
			 uint64_t flags);
#endif
WASM_BPF("wasm_bpf_buffer_poll")
int wasm_bpf_buffer_poll(uint64_t object, int map, int callback, void *ctx, void *data,
			 int max_size, int timeout_ms);

enum { MAP_LOOKUP = 1, MAP_UPDATE = 2, MAP_DELETE = 3, MAP_NEXT_KEY = 4 };

typedef int (*record_callback)(void *ctx, void *data, int size);

static inline int poll_buffer(uint64_t object, int map, record_callback callback, void *ctx,
			      void *data, int max_size, int timeout_ms)
{
	return wasm_bpf_buffer_poll(object, map, (int)(uintptr_t)callback, ctx, data, max_size,
				    timeout_ms);
}

// The BPF object that the guest carries: the test puts it into object.h.
extern const unsigned char bpf_object[];
extern const unsigned int bpf_object_length;
