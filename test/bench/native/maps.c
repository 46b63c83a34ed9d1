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

static long batch(int fd) {
  static uint32_t keys[BATCH];
  static uint64_t values[BATCH];
  uint64_t in, out;
  long found = 0;
  for (int first = 1;; first = 0) {
    uint32_t count = BATCH;
    int error = bpf_map_lookup_batch(fd, first ? NULL : &in, &out, keys, values, &count, NULL);
    found += count;
    if (error) return found;
    in = out;
  }
}

struct result measure_map(struct bpf_object *object, const char *map, const char *operation, long count) {
  int fd = map_fd(object, map);
  int hash = !strcmp(map, "hash");
  uint32_t keys = !strcmp(map, "per_cpu") ? PER_CPU_KEYS : KEYS;
  struct result result = {0, 0};
  if (hash) populate(fd);
  if (!strcmp(operation, "delete")) {
    while (result.count < count) {
      double start = cpu_now();
      for (uint32_t key = 0; key < keys; key++) {
        if (bpf_map_delete_elem(fd, &key)) fail("delete");
      }
      result.ns += cpu_now() - start;
      result.count += keys;
      populate(fd);
    }
    return result;
  }
  double start = cpu_now();
  while (result.count < count) {
    if (!strcmp(operation, "iterate")) {
      result.count += iterate(fd, 1);
    } else if (!strcmp(operation, "batch")) {
      result.count += batch(fd);
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
