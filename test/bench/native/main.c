#include "bench.h"

#include <signal.h>
#include <sys/syscall.h>

void fail(const char *what) {
  perror(what);
  exit(1);
}

int map_fd(struct bpf_object *object, const char *name) {
  int fd = bpf_object__find_map_fd_by_name(object, name);
  if (fd < 0) fail(name);
  return fd;
}

struct bpf_object *open_object(const char *path, int armed) {
  struct bpf_object *object = bpf_object__open(path);
  if (!object) fail(path);
  struct bpf_map *map;
  bpf_object__for_each_map(map, object) {
    size_t size;
    const char *name = bpf_map__name(map);
    size_t length = strlen(name);
    if (length < 7 || strcmp(name + length - 7, ".rodata")) continue;
    char *value = (char *)bpf_map__initial_value(map, &size);
    /* armed is the section's only variable. */
    if (value && size >= 1) value[0] = armed;
  }
  if (bpf_object__load(object)) fail("load");
  return object;
}

/* getpgid(2) with the argument that the BPF program waits for: `count` times, a pause between two. 0: without end. */
static int trigger(long count, long pause_us) {
  for (long i = 0; count == 0 || i < count; i++) {
    syscall(SYS_getpgid, TRIGGER);
    if (pause_us) usleep(pause_us);
  }
  return 0;
}

/* Loads and attaches an object, says so, and ends when it is told to. */
static int attach(const char *path) {
  struct bpf_object *object = bpf_object__open(path);
  if (!object || bpf_object__load(object)) fail(path);
  struct bpf_program *program;
  bpf_object__for_each_program(program, object) {
    if (!bpf_program__attach(program)) fail("attach");
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigprocmask(SIG_BLOCK, &stop, NULL);
  puts("attached");
  fflush(stdout);
  int number;
  sigwait(&stop, &number);
  bpf_object__close(object);
  return 0;
}

int main(int argc, char **argv) {
  if (argc >= 4 && !strcmp(argv[1], "trigger")) return trigger(atol(argv[2]), atol(argv[3]));
  if (argc >= 3 && !strcmp(argv[1], "attach")) return attach(argv[2]);
  if (argc >= 4 && !strcmp(argv[1], "wake")) {
    wait_for_triggers(open_object(argv[2], 1), atol(argv[3]));
    return 0;
  }
  if (argc >= 3 && !strcmp(argv[1], "flood")) {
    drain_flood(open_object(argv[2], 1));
    return 0;
  }
  if (argc < 3 || strcmp(argv[1], "measure")) {
    fputs("usage: native measure|wake|flood|attach OBJECT …, native trigger COUNT PAUSE_US\n", stderr);
    return 2;
  }
  struct bpf_object *object = open_object(argv[2], 0);
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    char what[32], first[32] = "", second[32] = "";
    long count = 0;
    sscanf(line, "%31s %31s %31s %ld", what, first, second, &count);
    struct result result = {0, 0};
    if (!strcmp(what, "ring")) result = measure_ring(object, first, atoi(second), count);
    if (!strcmp(what, "perf")) result = measure_perf(object, count);
    if (!strcmp(what, "map")) result = measure_map(object, first, second, count);
    if (!strcmp(what, "live")) result = measure_live(object, count);
    printf("%.0f %.0f\n", result.ns, result.count);
    fflush(stdout);
  }
  bpf_object__close(object);
  return 0;
}
