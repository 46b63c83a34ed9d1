import assert from "node:assert/strict";
import { compileSource } from "../../backend/testing/compile.js";
import { ObjectCode } from "./code.js";
import { helperName } from "./helper-name.js";

const PRELUDE = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  #define NOINLINE __attribute__((noinline))
  char LICENSE[] SEC("license") = "GPL";`;

const compile = (source: string, name: string) => compileSource(PRELUDE + source, name);
const helpersOf = (code: ObjectCode, program: string, section: string) =>
  code.reach(program, section).helpers.map(helperName);

/** Where in a file the code of a program's section stands that begins with these bytes. */
function find(object: Uint8Array, bytes: readonly number[]): number {
  const at = Buffer.from(object).indexOf(Buffer.from(bytes));
  assert(at > 0);
  return at;
}

describe("the code of an object", () => {
  it("is followed into subprograms, and no further than a program calls", () => {
    const code = new ObjectCode(
      compile(
        `NOINLINE static long deep(long x) { return x + bpf_get_prandom_u32(); }
         NOINLINE static long send(long x) { return bpf_send_signal(x) + deep(x); }
         NOINLINE static long other(long x) { return bpf_override_return((void *)x, 0); }
         SEC("tp/a/b") int innocent(void *ctx) { return bpf_ktime_get_ns() & 1; }
         SEC("tp/a/c") int guilty(void *ctx) { return send((long)ctx); }
         SEC("kprobe/x") int third(void *ctx) { return other((long)ctx); }`,
        "subprograms",
      ),
    );
    assert.deepEqual(helpersOf(code, "innocent", "tp/a/b"), ["bpf_ktime_get_ns"]);
    assert.deepEqual(helpersOf(code, "guilty", "tp/a/c"), [
      "bpf_get_prandom_u32",
      "bpf_send_signal",
    ]);
    assert.deepEqual(helpersOf(code, "third", "kprobe/x"), ["bpf_override_return"]);
  });

  it("counts the instructions of subprograms", () => {
    const code = new ObjectCode(
      compile(
        `NOINLINE static long sub(long x) { return x + bpf_get_prandom_u32(); }
         SEC("tp/a/b") int caller(void *ctx) { return sub((long)ctx); }
         SEC("tp/a/b") int alone(void *ctx) { return 0; }`,
        "counted",
      ),
    );
    assert.equal(code.reach("alone", "tp/a/b").instructions, 2);
    assert(code.reach("caller", "tp/a/b").instructions >= 5);
  });

  it("is followed into callbacks, whose address only is taken", () => {
    const code = new ObjectCode(
      compile(
        `NOINLINE static long callback(__u32 i, void *ctx) { bpf_send_signal(9); return 0; }
         SEC("tp/a/b") int caller(void *ctx) { bpf_loop(3, callback, 0, 0); return 0; }`,
        "callback",
      ),
    );
    assert.deepEqual(helpersOf(code, "caller", "tp/a/b"), ["bpf_send_signal", "bpf_loop"]);
  });

  it("shows calls of the kernel's functions by their names", () => {
    const code = new ObjectCode(
      compile(
        `extern void bpf_rcu_read_lock(void) __ksym;
         extern int bpf_send_signal_task(void *task, int sig) __ksym __attribute__((weak));
         NOINLINE static int hidden(void *p) { return bpf_send_signal_task(p, 9); }
         SEC("tp_btf/x") int caller(void *ctx) { bpf_rcu_read_lock(); return hidden(ctx); }`,
        "kfuncs",
      ),
    );
    assert.deepEqual(code.reach("caller", "tp_btf/x").kfuncs, [
      "bpf_rcu_read_lock",
      "bpf_send_signal_task",
    ]);
  });

  it("shows a call of the kernel by number only as such, whatever the instruction was made of", () => {
    const object = compile(
      `SEC("tp/a/b") int caller(void *ctx) { return bpf_get_prandom_u32(); }`,
      "by-number",
    );
    // bpf_get_prandom_u32 is helper 7. Its call becomes one of the function whose type has number 7 in the kernel.
    const at = find(object, [0x85, 0, 0, 0, 7, 0, 0, 0]);
    object[at + 1] = 0x20;
    assert.deepEqual(new ObjectCode(object).reach("caller", "tp/a/b"), {
      instructions: 2,
      helpers: [],
      kfuncs: ["#7"],
      byNumber: [],
    });
  });

  it("shows a helper that no host knows, and takes a call through a register for all", () => {
    const object = compile(
      `NOINLINE static long sub(long x) { return bpf_send_signal(x); }
       SEC("tp/a/b") int unknown(void *ctx) { return bpf_get_prandom_u32(); }
       SEC("tp/a/c") int caller(void *ctx) { return sub((long)ctx); }`,
      "unknown",
    );
    const at = find(object, [0x85, 0, 0, 0, 7, 0, 0, 0]);
    object.set([0xff, 0xff, 0, 0], at + 4);
    assert.deepEqual(helpersOf(new ObjectCode(object), "unknown", "tp/a/b"), ["#65535"]);
    object[at] = 0x8d;
    assert.deepEqual(helpersOf(new ObjectCode(object), "unknown", "tp/a/b"), ["bpf_send_signal"]);
  });

  it("finds descriptors that an object brings along", () => {
    const object = compile(
      `__u64 counter;
       SEC("tp/a/b") int uses(void *ctx) { counter++; return 0; }`,
      "descriptor",
    );
    assert.deepEqual(new ObjectCode(object).reach("uses", "tp/a/b").byNumber, []);
    const at = find(object, [0x18, 1, 0, 0, 0, 0, 0, 0]);
    // BPF_PSEUDO_MAP_FD: descriptor 0 of the process that loads it.
    object[at + 1] = 0x11;
    assert.deepEqual(new ObjectCode(object).reach("uses", "tp/a/b").byNumber, ["uses"]);
  });

  it("takes a program that cannot be found for all of them", () => {
    const code = new ObjectCode(
      compile(`SEC("tp/a/b") int p(void *ctx) { return bpf_send_signal(9); }`, "missing"),
    );
    assert.deepEqual(helpersOf(code, "other", "tp/a/b"), ["bpf_send_signal"]);
  });
});
