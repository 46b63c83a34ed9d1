/* The same work as the module's, in C on libbpf. Each measurement answers with thread CPU time in nanoseconds, and how many things were done in it. */
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TRIGGER 0x7eadbeefL

struct result {
  double ns;
  double count;
};

static inline double now_of(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return at.tv_sec * 1e9 + at.tv_nsec;
}
static inline double cpu_now(void) { return now_of(CLOCK_THREAD_CPUTIME_ID); }

void fail(const char *what);
struct bpf_object *open_object(const char *path, int armed);
int map_fd(struct bpf_object *object, const char *name);

struct result measure_ring(struct bpf_object *object, const char *handler, int size, long records);
struct result measure_perf(struct bpf_object *object, long records);
struct result measure_map(struct bpf_object *object, const char *map, const char *operation, long count);
struct result measure_live(struct bpf_object *object, long count);
/* These two end the program. */
void wait_for_triggers(struct bpf_object *object, long count);
void drain_flood(struct bpf_object *object);
