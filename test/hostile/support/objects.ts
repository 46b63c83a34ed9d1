import { compileSource } from "../../../host/src/backend/testing/compile.js";

const PRELUDE = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define MAP(name, kind, entries, key_type, value_type) struct { \\
  __uint(type, kind); __uint(max_entries, entries); __type(key, key_type); __type(value, value_type); } name SEC(".maps")
char LICENSE[] SEC("license") = "GPL";
`;

let cache: Readonly<Record<"tool" | "grim" | "huge" | "beside", Uint8Array>> | undefined;

/** The BPF objects that the modules of this suite carry. They are what a compiler makes: what is wrong with them is what they want. */
export function objects() {
  cache ??= {
    tool: compileSource(
      `${PRELUDE}
      MAP(counts, BPF_MAP_TYPE_HASH, 8, __u32, __u64);
      MAP(array, BPF_MAP_TYPE_ARRAY, 4, __u32, __u64);
      MAP(each, BPF_MAP_TYPE_PERCPU_ARRAY, 2, __u32, __u64);
      MAP(jumps, BPF_MAP_TYPE_PROG_ARRAY, 2, __u32, __u32);
      struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } rb SEC(".maps");
      SEC("raw_tp/sys_enter") int watch(void *ctx) {
        __u64 *p = bpf_ringbuf_reserve(&rb, 8, 0);
        if (p) { *p = 1; bpf_ringbuf_submit(p, 0); }
        return 0;
      }`,
      "hostile-tool",
    ),
    grim: compileSource(
      `${PRELUDE}
      SEC("?raw_tp/sys_enter") int signals(void *ctx) { bpf_send_signal(9); return 0; }
      SEC("?tp/syscalls/sys_enter_umask") int writes(void *ctx) { __u32 x = 0; bpf_probe_write_user((void *)8, &x, 4); return 0; }
      SEC("?xdp") int drops(struct xdp_md *ctx) { return XDP_DROP; }
      SEC("?raw_tp/sys_enter") int watch(void *ctx) { return 0; }
      SEC("?tp/syscalls/sys_enter_umask") int traces(void *ctx) { return 0; }
      SEC("?uprobe") int probes(void *ctx) { return 0; }
      SEC("?syscall") int calls(void *ctx) { return 0; }`,
      "hostile-grim",
    ),
    huge: compileSource(
      `${PRELUDE}
      MAP(counts, BPF_MAP_TYPE_HASH, 8, __u32, __u64);
      struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1 << 20); __type(key, __u32); __uint(value_size, 4096); } huge SEC(".maps");`,
      "hostile-huge",
    ),
    beside: compileSource(
      `${PRELUDE}
      struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } rb SEC(".maps");
      SEC("tp/syscalls/sys_enter_umask") int beside(void *ctx) {
        __u64 *p = bpf_ringbuf_reserve(&rb, 8, 0);
        if (p) { *p = 1; bpf_ringbuf_submit(p, 0); }
        return 0;
      }`,
      "hostile-beside",
    ),
  };
  return cache;
}
