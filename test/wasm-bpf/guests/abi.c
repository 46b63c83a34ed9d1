// Each import with right and with wrong arguments. Prints "NAME RESULT" lines, and pauses with
// "FILL" for the test to make the BPF program run.
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define SAY(what, value) printf("%s %d\n", what, (int)(value))

static int records, least, greatest, largest;

static int note(void *ctx, void *data, int size)
{
	int number = *(const int *)data;
	if (records++ == 0)
		least = number;
	greatest = number;
	largest = size;
	// What a callback returns is nothing to the host.
	return -1;
}

static void poll_and_say(const char *what, uint64_t object, int map, int max_size)
{
	static char record[64];
	memset(record, 0x55, sizeof(record));
	records = 0;
	int count = poll_buffer(object, map, note, NULL, record, max_size, 0);
	printf("%s %d records %d first %d last %d size %d beyond %x\n", what, count, records, least,
	       greatest, largest, (unsigned char)record[max_size]);
}

static void wait_for_records(void)
{
	printf("FILL\n");
	fflush(stdout);
	usleep(500 * 1000);
}

static void maps(uint64_t object)
{
	int hash = find_map(object, "hash");
	uint32_t key = 7, next = 0;
	uint64_t value = 70;
	SAY("handle-again", find_map(object, "hash") == hash);
	SAY("update", wasm_bpf_map_operate(hash, MAP_UPDATE, &key, &value, NULL, 0));
	SAY("update-noexist", wasm_bpf_map_operate(hash, MAP_UPDATE, &key, &value, NULL, 1));
	SAY("update-bad-flags",
	    wasm_bpf_map_operate(hash, MAP_UPDATE, &key, &value, NULL, 1ULL << 40));
	value = 0;
	SAY("lookup", wasm_bpf_map_operate(hash, MAP_LOOKUP, &key, &value, NULL, 0));
	SAY("lookup-value", value);
	key = 8;
	SAY("lookup-missing", wasm_bpf_map_operate(hash, MAP_LOOKUP, &key, &value, NULL, 0));
	SAY("next-from-missing", wasm_bpf_map_operate(hash, MAP_NEXT_KEY, &key, NULL, &next, 0));
	SAY("next-value", next);
	key = 7;
	SAY("next-at-end", wasm_bpf_map_operate(hash, MAP_NEXT_KEY, &key, NULL, &next, 0));
	// Address 0 is an ordinary address: what stands there is 0, and no element has that key.
	SAY("next-from-null", wasm_bpf_map_operate(hash, MAP_NEXT_KEY, NULL, NULL, &next, 0));
	key = 0;
	value = 1;
	wasm_bpf_map_operate(hash, MAP_UPDATE, &key, &value, NULL, 0);
	// Now there is one with the key at address 0, so one of the two is not told.
	int told = 0;
	for (const void *from = NULL; told < 10 &&
	     wasm_bpf_map_operate(hash, MAP_NEXT_KEY, from, NULL, &next, 0) == 0; from = &next)
		told++;
	SAY("next-from-null-is-a-key", told < 2);
	wasm_bpf_map_operate(hash, MAP_DELETE, &key, NULL, NULL, 0);
	key = 7;
	SAY("delete", wasm_bpf_map_operate(hash, MAP_DELETE, &key, NULL, NULL, 0));
	SAY("delete-missing", wasm_bpf_map_operate(hash, MAP_DELETE, &key, NULL, NULL, 0));
	SAY("command-5", wasm_bpf_map_operate(hash, 5, &key, &value, NULL, 0));
	SAY("command-0", wasm_bpf_map_operate(hash, 0, &key, &value, NULL, 0));
	const void *outside = (const void *)(uintptr_t)0xfffffffc;
	SAY("key-outside", wasm_bpf_map_operate(hash, MAP_LOOKUP, outside, &value, NULL, 0));
	SAY("value-outside", wasm_bpf_map_operate(hash, MAP_LOOKUP, &key, outside, NULL, 0));
	SAY("map-0", wasm_bpf_map_operate(0, MAP_LOOKUP, &key, &value, NULL, 0));
	SAY("map-fd", wasm_bpf_map_operate(3, MAP_LOOKUP, &key, &value, NULL, 0));
	SAY("map-negative", wasm_bpf_map_operate(-1, MAP_LOOKUP, &key, &value, NULL, 0));
}

// The host knows how long the values of all CPUs are: at the end of the memory it refuses.
static void per_cpu(uint64_t object)
{
	int map = find_map(object, "percpu");
	uint32_t zero = 0;
	char *end = (char *)(__builtin_wasm_memory_size(0) * 65536);
	memset(end - 4, 0x55, 4);
	SAY("percpu-at-end", wasm_bpf_map_operate(map, MAP_LOOKUP, &zero, end - 4, NULL, 0));
	SAY("percpu-untouched", end[-1]);
	static char room[8 * 1024];
	SAY("percpu", wasm_bpf_map_operate(map, MAP_LOOKUP, &zero, room, NULL, 0));
}

static void names(uint64_t object)
{
	const char *outside = (const char *)(uintptr_t)0xfffffff0;
	static char endless[8192];
	memset(endless, 'a', sizeof(endless));
	SAY("map-unknown", wasm_bpf_map_fd_by_name(object, "hush"));
	SAY("map-name-outside", wasm_bpf_map_fd_by_name(object, outside));
	SAY("map-name-endless", wasm_bpf_map_fd_by_name(object, endless));
	SAY("map-of-nothing", wasm_bpf_map_fd_by_name(0, "hash"));
	SAY("map-of-too-much", wasm_bpf_map_fd_by_name(object + (1ULL << 32), "hash"));
	SAY("attach-unknown", wasm_attach_bpf_program(object, "on_nothing", NULL));
	SAY("attach-nothing", wasm_attach_bpf_program(1234, "on_packet", NULL));
	SAY("attach-name-outside", wasm_attach_bpf_program(object, outside, NULL));
	SAY("attach-target-outside", wasm_attach_bpf_program(object, "on_packet", outside));
	SAY("attach-target-unknown", wasm_attach_bpf_program(object, "on_packet", "no-such-if"));
	SAY("load-nothing", wasm_load_bpf_object(bpf_object, 0));
	SAY("load-half", wasm_load_bpf_object(bpf_object, bpf_object_length / 2));
	SAY("load-outside", wasm_load_bpf_object(outside, 4096));
	SAY("close-nothing", wasm_close_bpf_object(0));
}

static void buffers(uint64_t object)
{
	int first = find_map(object, "first"), second = find_map(object, "second");
	int perf = find_map(object, "perf"), hash = find_map(object, "hash");
	char record[64];
	// The perf buffers hear nothing before they are opened.
	poll_and_say("perf-empty", object, perf, 40);
	attach(object, "on_getpriority", NULL);
	wait_for_records();
	poll_and_say("first", object, first, 32);
	poll_and_say("second", object, second, 32);
	poll_and_say("perf", object, perf, 40);
	poll_and_say("again", object, first, 32);
	wait_for_records();
	poll_and_say("cut", object, second, 4);
	poll_and_say("odd", object, first, 7);
	SAY("poll-hash", poll_buffer(object, hash, note, NULL, record, 32, 0));
	SAY("poll-no-map", poll_buffer(object, 12345, note, NULL, record, 32, 0));
	SAY("poll-no-object", poll_buffer(0, first, note, NULL, record, 32, 0));
	SAY("poll-outside", poll_buffer(object, first, note, NULL, (void *)0xfffffff0, 32, 0));
	uint64_t other = load_object();
	SAY("poll-other-object", poll_buffer(other, first, note, NULL, record, 32, 0));
	SAY("close-other", wasm_close_bpf_object(other));
	SAY("close-other-again", wasm_close_bpf_object(other));
}

int main(void)
{
	uint64_t object = load_object();
	SAY("loaded", object != 0);
	maps(object);
	per_cpu(object);
	names(object);
	buffers(object);
	int map = find_map(object, "hash");
	uint32_t key = 1;
	uint64_t value;
	SAY("close", wasm_close_bpf_object(object));
	SAY("lookup-closed", wasm_bpf_map_operate(map, MAP_LOOKUP, &key, &value, NULL, 0));
	SAY("close-again", wasm_close_bpf_object(object));
	printf("END\n");
	return 0;
}
