// One of everything that makes libbpf work on an object: subprograms, externs, CO-RE, maps of maps,
// pointers to maps and to functions, sections of data.

// The order matters: the helpers need the types.
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
// clang-format on

#define __always_core __attribute__((preserve_access_index))

struct task_struct {
  int pid;
  int tgid;
  struct task_struct *real_parent;
} __always_core;

struct absent_in_this_kernel {
  int never;
} __always_core;

enum bpf_map_type___local { BPF_MAP_TYPE_HASH___local = 1 };

extern unsigned LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig __weak;
extern char CONFIG_LOCALVERSION[16] __kconfig __weak;
extern const void absent_symbol __ksym __weak;
extern int absent_function(void) __ksym __weak;

struct inner {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} first SEC(".maps"), second SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, 2);
  __type(key, __u32);
  __array(values, struct inner);
} outer SEC(".maps") = {.values = {&first, &second}};

struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __array(values, int(void *));
} tails SEC(".maps");

const volatile struct {
  __u32 a;
  __u64 b[3];
  const char *text;
} settings = {1, {2, 3, 4}, 0};
const char format[] SEC(".rodata.format") = "pid %d\n";
static volatile __u64 sum;
__u64 table[8] SEC(".data.table") = {1, 2, 3};

__attribute__((noinline)) static int helper(__u64 x) {
  sum += x * settings.a;
  return table[x & 7] + settings.b[1];
}

__attribute__((noinline)) int global_helper(__u32 x) { return helper(x) + 1; }

static long each(__u32 index, void *context) {
  *(__u64 *)context += global_helper(index);
  return 0;
}

SEC("raw_tracepoint/sys_enter")
int rich(void *context) {
  struct task_struct *task = (void *)bpf_get_current_task();
  __u64 total = BPF_CORE_READ(task, real_parent, tgid);
  if (bpf_core_type_exists(struct absent_in_this_kernel)) total++;
  if (bpf_core_field_exists(task->pid)) total += bpf_core_field_offset(task->pid);
  total += bpf_core_enum_value(enum bpf_map_type___local, BPF_MAP_TYPE_HASH___local);
  if (LINUX_KERNEL_VERSION > 5 && CONFIG_BPF_SYSCALL) total += CONFIG_LOCALVERSION[0];
  if (&absent_symbol) total++;
  bpf_loop(3, each, &total, 0);
  bpf_trace_printk(format, sizeof format, total);
  bpf_tail_call(context, &tails, 0);
  return 0;
}

SEC("syscall")
int plain(__u32 *input) {
  __u32 key = *input & 1;
  void *map = bpf_map_lookup_elem(&outer, &key);
  if (!map) return 1;
  key = 0;
  __u32 *value = bpf_map_lookup_elem(map, &key);
  return value ? *value + helper(key) : 2;
}

SEC("?fentry/do_unlinkat")
int optional(void *context) { return 0; }

char LICENSE[] SEC("license") = "GPL";
