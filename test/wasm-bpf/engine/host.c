// A host for the published wasm_bpf ABI that has nothing to do with ours: the module is made into C by
// wasm2c (Debian's wabt), and the six functions stand on libbpf. It behaves as one of the three known
// hosts (FLAVOUR in the environment: wamr, wasmtime, wasmedge) where those differ; docs/portable.md.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define BPF(result, name) result Z_wasm_bpfZ_##name
#define WASI(name) u32 Z_wasi_snapshot_preview1Z_##name
typedef struct Z_wasm_bpf_instance_t *Bpf;
typedef struct Z_wasi_snapshot_preview1_instance_t *Wasi;

static Z_tool_instance_t tool;
static enum { WAMR, WASMTIME, WASMEDGE } flavour;
static int argument_count;
static char **arguments;

// One object is enough for a tool. Its handle is not 0, and 64 bits wide.
#define HANDLE 0x100000001ULL
static struct bpf_object *object;
static struct ring_buffer *ring;
static struct perf_buffer *perf;

static void *at(u32 pointer, u64 length)
{
	wasm_rt_memory_t *memory = Z_toolZ_memory(&tool);
	if ((u64)pointer + length > memory->size) {
		fprintf(stderr, "host: a pointer outside the memory: %u\n", pointer);
		exit(99);
	}
	return memory->data + pointer;
}

static const char *text(u32 pointer)
{
	const char *start = at(pointer, 1);
	while (*(const char *)at(pointer, 1))
		pointer++;
	return start;
}

BPF(u64, wasm_load_bpf_object)(Bpf self, u32 bytes, u32 length)
{
	if (object)
		exit(98);
	object = bpf_object__open_mem(at(bytes, length), length, NULL);
	if (object && bpf_object__load(object) == 0)
		return HANDLE;
	object = NULL;
	return 0;
}

static void check(u64 handle)
{
	if (handle != HANDLE || !object) {
		fprintf(stderr, "host: a wrong handle\n");
		exit(97);
	}
}

BPF(u32, wasm_close_bpf_object)(Bpf self, u64 handle)
{
	check(handle);
	ring_buffer__free(ring);
	perf_buffer__free(perf);
	bpf_object__close(object);
	object = NULL;
	return 0;
}

BPF(u32, wasm_attach_bpf_program)(Bpf self, u64 handle, u32 name, u32 target)
{
	check(handle);
	if (*text(target))
		return -EINVAL;
	struct bpf_program *program = bpf_object__find_program_by_name(object, text(name));
	if (!program)
		exit(96);
	return bpf_program__attach(program) ? 0 : -errno;
}

BPF(u32, wasm_bpf_map_fd_by_name)(Bpf self, u64 handle, u32 name)
{
	check(handle);
	// Rust's host compares whole names, so that a section is not found by a name that begins with a dot.
	if (flavour == WASMTIME && text(name)[0] == '.')
		return -ENOENT;
	return bpf_object__find_map_fd_by_name(object, text(name));
}

BPF(u32, wasm_bpf_map_operate)(Bpf self, u32 fd, u32 cmd, u32 key, u32 value, u32 next, u64 flags)
{
	struct bpf_map_info info = {};
	u32 length = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &length) < 0)
		return -errno;
	int result;
	switch (cmd) {
	case 1:
		result = bpf_map_lookup_elem_flags(fd, at(key, info.key_size), at(value, info.value_size),
						   flags);
		break;
	case 2:
		result = bpf_map_update_elem(fd, at(key, info.key_size), at(value, info.value_size), flags);
		break;
	case 3:
		result = bpf_map_delete_elem(fd, at(key, info.key_size));
		break;
	case 4:
		result = bpf_map_get_next_key(fd, at(key, info.key_size), at(next, info.key_size));
		break;
	default:
		return -EINVAL;
	}
	return result;
}

static struct {
	u32 function, ctx, data, room;
	int result, delivered;
	// Rust's host keeps only the record that came last.
	char last[65536];
	size_t last_size;
} poll;

static int call(const void *record, size_t size)
{
	wasm_rt_funcref_table_t *table = Z_toolZ___indirect_function_table(&tool);
	if (poll.function >= table->size || !table->data[poll.function].func)
		exit(95);
	wasm_rt_funcref_t *found = &table->data[poll.function];
	if (found->func_type != wasm_rt_register_func_type(3, 1, WASM_RT_I32, WASM_RT_I32, WASM_RT_I32,
							   WASM_RT_I32))
		exit(94);
	size_t copied = size < poll.room ? size : poll.room;
	memcpy(at(poll.data, copied), record, copied);
	u32 (*function)(void *, u32, u32, u32) = (void *)found->func;
	// Two of the hosts tell the whole size though they copied less.
	u32 told = flavour == WASMEDGE ? copied : size;
	poll.delivered++;
	poll.result = function(found->module_instance, poll.ctx, poll.data, told);
	return flavour == WASMEDGE && poll.result < 0 ? poll.result : 0;
}

static int on_ring(void *ctx, void *record, size_t size)
{
	if (flavour != WASMTIME)
		return call(record, size);
	poll.last_size = size < sizeof(poll.last) ? size : sizeof(poll.last);
	memcpy(poll.last, record, poll.last_size);
	return 0;
}

static void on_perf(void *ctx, int cpu, void *record, u32 size)
{
	on_ring(ctx, record, size);
}

BPF(u32, wasm_bpf_buffer_poll)(Bpf self, u64 handle, u32 fd, u32 function, u32 ctx, u32 data,
			       u32 room, u32 timeout)
{
	check(handle);
	struct bpf_map_info info = {};
	u32 length = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &length) < 0)
		return -EINVAL;
	// The buffer that was polled first is the only one.
	if (!ring && !perf) {
		if (info.type == BPF_MAP_TYPE_RINGBUF)
			ring = ring_buffer__new(fd, on_ring, NULL, NULL);
		else
			perf = perf_buffer__new(fd, 64, on_perf, NULL, NULL, NULL);
		if (!ring && !perf)
			return -errno;
	}
	poll.function = function;
	poll.ctx = ctx;
	poll.data = data;
	poll.room = room;
	poll.result = poll.delivered = 0;
	poll.last_size = 0;
	int count = ring ? ring_buffer__poll(ring, timeout) : perf_buffer__poll(perf, timeout);
	if (flavour != WASMTIME)
		return count;
	if (poll.last_size)
		call(poll.last, poll.last_size);
	return count < 0 ? count : poll.result;
}

WASI(fd_write)(Wasi self, u32 fd, u32 list, u32 count, u32 written)
{
	u32 total = 0;
	for (u32 i = 0; i < count; i++) {
		u32 *entry = at(list + 8 * i, 8);
		ssize_t result = write(fd, at(entry[0], entry[1]), entry[1]);
		if (result < 0)
			return 29;
		total += result;
	}
	*(u32 *)at(written, 4) = total;
	return 0;
}

WASI(clock_time_get)(Wasi self, u32 id, u64 precision, u32 out)
{
	struct timespec now;
	clock_gettime(id ? CLOCK_MONOTONIC : CLOCK_REALTIME, &now);
	*(u64 *)at(out, 8) = now.tv_sec * 1000000000ULL + now.tv_nsec;
	return 0;
}

WASI(args_sizes_get)(Wasi self, u32 count, u32 size)
{
	u32 total = 0;
	for (int i = 0; i < argument_count; i++)
		total += strlen(arguments[i]) + 1;
	*(u32 *)at(count, 4) = argument_count;
	*(u32 *)at(size, 4) = total;
	return 0;
}

WASI(args_get)(Wasi self, u32 pointers, u32 bytes)
{
	for (int i = 0; i < argument_count; i++) {
		u32 length = strlen(arguments[i]) + 1;
		*(u32 *)at(pointers + 4 * i, 4) = bytes;
		memcpy(at(bytes, length), arguments[i], length);
		bytes += length;
	}
	return 0;
}

WASI(poll_oneoff)(Wasi self, u32 subscriptions, u32 events, u32 count, u32 written)
{
	char *subscription = at(subscriptions, 48);
	usleep(*(u64 *)(subscription + 24) / 1000);
	memset(at(events, 32), 0, 32);
	*(u32 *)at(written, 4) = 1;
	return 0;
}

WASI(random_get)(Wasi self, u32 buffer, u32 length)
{
	return getentropy(at(buffer, length), length) ? 29 : 0;
}

void Z_wasi_snapshot_preview1Z_proc_exit(Wasi self, u32 code)
{
	exit(code);
}

int main(int argc, char **argv)
{
	const char *name = getenv("FLAVOUR");
	flavour = !name || !strcmp(name, "wamr") ? WAMR : !strcmp(name, "wasmtime") ? WASMTIME : WASMEDGE;
	argument_count = argc;
	arguments = argv;
	wasm_rt_init();
	Z_tool_init_module();
	INSTANTIATE;
	Z_toolZ__start(&tool);
	return 0;
}
