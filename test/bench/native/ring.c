#include "bench.h"

#include <errno.h>
#include <signal.h>

static uint64_t seen, sum, histogram[256];

static int count_only(void *context, void *data, size_t size) {
  seen++;
  return 0;
}

static int two_fields(void *context, void *data, size_t size) {
  const uint32_t *words = data;
  seen++;
  sum += words[2] + words[3];
  return 0;
}

static int whole_record(void *context, void *data, size_t size) {
  const uint64_t *words = data;
  uint64_t mixed = 0;
  for (size_t i = 0; i < size / 8; i++) mixed ^= words[i];
  seen++;
  sum += mixed;
  return 0;
}

static int hash_record(void *context, void *data, size_t size) {
  const uint64_t *words = data;
  uint64_t hash = 0xcbf29ce484222325ull;
  for (size_t i = 0; i < size / 8; i++) hash = (hash ^ words[i]) * 0x100000001b3ull;
  seen++;
  histogram[hash >> 56]++;
  return 0;
}

static ring_buffer_sample_fn handler_of(const char *name) {
  if (!strcmp(name, "fields")) return two_fields;
  if (!strcmp(name, "whole")) return whole_record;
  if (!strcmp(name, "hash")) return hash_record;
  return count_only;
}

static void fill(int program) {
  struct {
    uint32_t count, done;
  } request = {1 << 20, 0};
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &request, .ctx_size_in = sizeof request);
  if (bpf_prog_test_run_opts(program, &options)) fail("fill");
}

struct result measure_ring(struct bpf_object *object, const char *handler, int size, long records) {
  struct bpf_program *program = bpf_object__find_program_by_name(object, size == 64 ? "fill_64" : "fill_256");
  struct ring_buffer *ring = ring_buffer__new(map_fd(object, "ring"), handler_of(handler), NULL, NULL);
  if (!ring || !program) fail("ring");
  struct result result = {0, 0};
  while (result.count < records) {
    fill(bpf_program__fd(program));
    double start = cpu_now();
    int consumed = ring_buffer__consume(ring);
    result.ns += cpu_now() - start;
    if (consumed <= 0) fail("consume");
    result.count += consumed;
  }
  ring_buffer__free(ring);
  return result;
}

static void on_sample(void *context, int cpu, void *data, __u32 size) { seen++; }

struct result measure_perf(struct bpf_object *object, long records) {
  struct perf_buffer *buffer = perf_buffer__new(map_fd(object, "perf"), 64, on_sample, NULL, NULL, NULL);
  struct bpf_program *program = bpf_object__find_program_by_name(object, "fill_perf");
  if (!buffer || !program) fail("perf buffer");
  struct result result = {0, 0};
  uint64_t arguments[1] = {256};
  while (result.count < records) {
    for (int i = 0; i < 8; i++) {
      LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = arguments, .ctx_size_in = sizeof arguments);
      if (bpf_prog_test_run_opts(bpf_program__fd(program), &options)) fail("fill_perf");
    }
    uint64_t before = seen;
    double start = cpu_now();
    if (perf_buffer__consume(buffer) < 0) fail("consume");
    result.ns += cpu_now() - start;
    if (seen == before) fail("no records");
    result.count += seen - before;
  }
  perf_buffer__free(buffer);
  return result;
}

/* Latencies from the record's own time to its handler. */
static long wanted;

static int on_wake(void *context, void *data, size_t size) {
  double latency = now_of(CLOCK_MONOTONIC) - *(uint64_t *)data;
  printf("%.0f\n", latency);
  seen++;
  return 0;
}

void wait_for_triggers(struct bpf_object *object, long count) {
  struct ring_buffer *ring = ring_buffer__new(map_fd(object, "ring"), on_wake, NULL, NULL);
  if (!ring || !bpf_program__attach(bpf_object__find_program_by_name(object, "on_trigger"))) fail("attach");
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  puts("attached");
  fflush(stdout);
  wanted = count;
  while (seen < (uint64_t)wanted) {
    int consumed = ring_buffer__poll(ring, -1);
    if (consumed < 0 && consumed != -EINTR) fail("poll");
  }
  fflush(stdout);
}

static volatile sig_atomic_t stopped;
static void stop(int number) { stopped = 1; }

void drain_flood(struct bpf_object *object) {
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  struct ring_buffer *ring = ring_buffer__new(map_fd(object, "ring"), count_only, NULL, NULL);
  if (!ring || !bpf_program__attach(bpf_object__find_program_by_name(object, "on_trigger"))) fail("attach");
  puts("attached");
  fflush(stdout);
  double start = now_of(CLOCK_PROCESS_CPUTIME_ID);
  while (!stopped) {
    int consumed = ring_buffer__poll(ring, 100);
    if (consumed < 0 && consumed != -EINTR) fail("poll");
  }
  double cpu = now_of(CLOCK_PROCESS_CPUTIME_ID) - start;
  uint32_t zero = 0;
  struct bpf_map *map;
  uint64_t counters[8] = {0};
  bpf_object__for_each_map(map, object) {
    const char *dot = strrchr(bpf_map__name(map), '.');
    if (dot && !strcmp(dot, ".bss") && bpf_map__value_size(map) <= sizeof counters &&
        bpf_map_lookup_elem(bpf_map__fd(map), &zero, counters)) fail("bss");
  }
  /* The section's variables stand in the order of the source. */
  printf("seen %llu sent %llu dropped %llu cpu %.0f\n", (unsigned long long)seen,
         (unsigned long long)counters[0], (unsigned long long)counters[1], cpu);
}
