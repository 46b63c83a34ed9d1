// The object beside this file is clang's output for it: clang -target bpf -g -O2 -I/usr/include/$(uname -m)-linux-gnu -fdebug-compilation-dir=. -c golden.bpf.c -o golden.bpf.o && llvm-strip -g golden.bpf.o
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum kind { KIND_NONE, KIND_OPEN = 5, KIND_CLOSE = 5 };

struct event {
	__u64 when;
	enum kind kind;
	unsigned flags : 3;
	int level : 13;
	union {
		__u32 port;
		__u8 bytes[4];
	};
	char comm[16];
	struct {
		__s16 x;
		_Bool yes;
	} class;
	__int128 wide;
	__u16 rest[];
};

struct args {
	__u32 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	__type(value, struct event);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, struct args);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

const volatile __s32 limit = -7;
const volatile char label[8] = "abc";
__u64 total;

SEC("syscall")
int ask(struct args *args)
{
	total += args->pid;
	return limit + label[0];
}

SEC("tp/sched/sched_switch")
int traced(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
