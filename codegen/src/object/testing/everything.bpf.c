// One of everything that an object can declare, for the tests.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct key {
  unsigned int a;
  unsigned char b;
};
struct value {
  unsigned long long x;
  int y : 5;
  unsigned z : 27;
  char name[16];
};
typedef struct {
  long counts[3];
} anonymous_value;

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 100);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct key);
  __type(value, struct value);
  __uint(pinning, LIBBPF_PIN_BY_NAME);
} pinned SEC(".maps");

struct inner {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, int);
  __type(value, anonymous_value);
} first SEC(".maps"), second SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 4);
  __uint(key_size, sizeof(int));
  __array(values, struct inner);
} outer SEC(".maps") = {.values = {[0] = &first, [2] = &second}};

int tail_one(void *ctx);
struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 4);
  __uint(key_size, sizeof(int));
  __array(values, int(void *));
} tails SEC(".maps") = {.values = {[1] = (void *)&tail_one}};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 2);
  __uint(key_size, 4);
  __uint(value_size, 12);
} sized SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
  __uint(max_entries, 10);
  __uint(map_extra, 3);
  __uint(value_size, 4);
} bloom SEC(".maps");

extern int CONFIG_HZ __kconfig;
extern _Bool CONFIG_BPF __kconfig __weak;
extern char CONFIG_CC_VERSION_TEXT[61] __kconfig;
extern unsigned LINUX_KERNEL_VERSION __kconfig;
extern unsigned long long CONFIG_BIG __kconfig __weak;
extern char CONFIG_LETTER __kconfig __weak;
extern enum libbpf_tristate CONFIG_MODULE __kconfig __weak;

const volatile int target = 7;
const volatile struct value constant = {1, 2, 3, "hi"};
static volatile int count;
int table[10];
unsigned long long data = 0x1122334455667788;
int custom SEC(".data.custom") = 3;
int read_only SEC(".rodata.more") = 4;
struct {
  int n;
  char text[];
} flexible = {2, "abcdef"};

static __noinline int inner_function(int x) {
  static int calls;
  calls += x;
  return x * calls * count;
}
__noinline int outer_function(int x) { return x * 7 + count; }

SEC("socket") int tail_one(void *ctx) { return 0; }

SEC("tracepoint/sched/sched_process_exec") int on_exec(void *ctx) {
  struct key key = {};
  bpf_map_lookup_elem(&pinned, &key);
  bpf_map_lookup_elem(&outer, &key);
  bpf_map_lookup_elem(&sized, &key);
  bpf_map_peek_elem(&bloom, &key);
  bpf_ringbuf_reserve(&events, 8, 0);
  bpf_tail_call(ctx, &tails, 1);
  count++;
  bpf_printk("exec %d", target);
  return inner_function(target) + outer_function(2) + CONFIG_HZ + CONFIG_BPF + CONFIG_CC_VERSION_TEXT[3] + LINUX_KERNEL_VERSION +
         CONFIG_MODULE + CONFIG_BIG + CONFIG_LETTER + flexible.n + read_only;
}

SEC("?xdp") int on_packet(struct xdp_md *ctx) {
  table[1]++;
  data++;
  custom++;
  return constant.y;
}

struct operations {
  int (*init)(void *);
  void (*release)(void *);
  char name[16];
};
SEC("struct_ops/init") int BPF_PROG(my_init, void *sk) { return 0; }
SEC(".struct_ops") struct operations my_ops = {.init = (void *)my_init, .name = "mine"};

char LICENSE[] SEC("license") = "GPL";
