#include "bench.h"

#include <sys/mman.h>

#define KEYS 8192
#define PER_CPU_KEYS 1024
#define BATCH 1024

static uint64_t value[1024];

static void populate(int fd) {
  for (uint32_t key = 0; key < KEYS; key++) {
    uint64_t one = key;
    if (bpf_map_update_elem(fd, &key, &one, 0)) fail("populate");
  }
}

static long iterate(int fd, int lookups) {
  uint32_t key, next;
  long found = 0;
  for (int error = bpf_map_get_next_key(fd, NULL, &next); !error; error = bpf_map_get_next_key(fd, &key, &next)) {
    key = next;
    if (lookups && bpf_map_lookup_elem(fd, &key, value)) fail("lookup");
    found++;
  }
  return found;
}

static uint32_t batch_keys[BATCH];
static uint64_t batch_values[BATCH];
/* What was read, so that it is not left out. */
static volatile uint64_t batch_sum;

static long batch_lookup(int fd) {
  uint64_t in, out, sum = 0;
  long found = 0;
  for (int first = 1;; first = 0) {
    uint32_t count = BATCH;
    int error = bpf_map_lookup_batch(fd, first ? NULL : &in, &out, batch_keys, batch_values, &count, NULL);
    for (uint32_t i = 0; i < count; i++) sum += batch_keys[i] + batch_values[i];
    found += count;
    if (error) break;
    in = out;
  }
  batch_sum += sum;
  return found;
}

static long batch_update(int fd) {
  for (uint32_t base = 0; base < KEYS; base += BATCH) {
    uint32_t count = BATCH;
    for (uint32_t i = 0; i < BATCH; i++) {
      batch_keys[i] = base + i;
      batch_values[i] = base + i;
    }
    if (bpf_map_update_batch(fd, batch_keys, batch_values, &count, NULL)) fail("update batch");
  }
  return KEYS;
}

static long batch_delete(int fd) {
  for (uint32_t base = 0; base < KEYS; base += BATCH) {
    uint32_t count = BATCH;
    for (uint32_t i = 0; i < BATCH; i++) batch_keys[i] = base + i;
    if (bpf_map_delete_batch(fd, batch_keys, &count, NULL)) fail("delete batch");
  }
  return KEYS;
}

static long delete_each(int fd) {
  for (uint32_t key = 0; key < KEYS; key++) {
    if (bpf_map_delete_elem(fd, &key)) fail("delete");
  }
  return KEYS;
}

struct result measure_map(struct bpf_object *object, const char *map, const char *operation, long count) {
  int fd = map_fd(object, map);
  int hash = !strcmp(map, "hash");
  uint32_t keys = !strcmp(map, "per_cpu") ? PER_CPU_KEYS : KEYS;
  struct result result = {0, 0};
  if (hash) populate(fd);
  long (*empty)(int) = !strcmp(operation, "delete") ? delete_each : !strcmp(operation, "batch_delete") ? batch_delete : NULL;
  while (empty && result.count < count) {
    double start = cpu_now();
    long done = empty(fd);
    result.ns += cpu_now() - start;
    result.count += done;
    populate(fd);
  }
  if (empty) return result;
  double start = cpu_now();
  while (result.count < count) {
    if (!strcmp(operation, "iterate")) {
      result.count += iterate(fd, 1);
    } else if (!strcmp(operation, "batch_lookup")) {
      result.count += batch_lookup(fd);
    } else if (!strcmp(operation, "batch_update")) {
      result.count += batch_update(fd);
    } else if (!strcmp(operation, "update")) {
      for (uint32_t key = 0; key < keys; key++) {
        value[0] = key;
        if (bpf_map_update_elem(fd, &key, value, 0)) fail("update");
      }
      result.count += keys;
    } else {
      for (uint32_t key = 0; key < keys; key++) {
        if (bpf_map_lookup_elem(fd, &key, value)) fail("lookup");
      }
      result.count += keys;
    }
  }
  result.ns = cpu_now() - start;
  return result;
}

struct result measure_live(struct bpf_object *object, long count) {
  struct bpf_map *map, *bss = NULL;
  bpf_object__for_each_map(map, object) {
    const char *dot = strrchr(bpf_map__name(map), '.');
    if (dot && !strcmp(dot, ".bss")) bss = map;
  }
  if (!bss) fail("no .bss");
  volatile uint64_t *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(bss), 0);
  if (data == MAP_FAILED) fail("mmap");
  double start = cpu_now();
  for (long i = 0; i < count; i++) data[2] = data[2] + 1;
  struct result result = {cpu_now() - start, count};
  munmap((void *)data, 4096);
  return result;
}
