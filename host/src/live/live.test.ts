import assert from "node:assert/strict";
import { kernelSuite } from "../../../test/support/kernel.js";
import type { BackendMap, BackendObject, BackendSession } from "../backend/backend.js";
import { BpfError } from "../backend/backend.js";
import { KernelBackend } from "../backend/kernel/kernel-backend.js";
import { compileSource } from "../backend/testing/compile.js";

const PAGE = 4096;
const WASM_PAGE = 65536;

const SOURCE = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const volatile __u64 limit = 7;
volatile __u64 counter = 41;
volatile __u32 zeroed[8];
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 3000);
  __type(key, __u32);
  __type(value, __u32);
} array SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} plain SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} hash SEC(".maps");
SEC("raw_tp/sys_enter")
int count(void *ctx) {
  __u32 key = 2999;
  __u32 *value = bpf_map_lookup_elem(&array, &key);
  if (value) __sync_fetch_and_add(value, 1);
  __sync_fetch_and_add(&counter, limit > 0 ? 1 : 0);
  zeroed[1] = 5;
  return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;

kernelSuite("live maps on the kernel", () => {
  const object = compileSource(SOURCE, "live");
  let memory: WebAssembly.Memory;
  let session: BackendSession;
  let opened: BackendObject;

  const bytes = () => new Uint8Array(memory.buffer);
  const view = () => new DataView(memory.buffer);
  const map = (name: string): Required<BackendMap> =>
    opened.maps.find((one) => one.name === name) as Required<BackendMap>;
  const run = () => opened.programs[0]?.testRun(new Uint8Array(16));
  const code = (call: () => void): string => {
    try {
      call();
    } catch (error) {
      assert.ok(error instanceof BpfError);
      return error.code;
    }
    return "none";
  };

  beforeEach(() => {
    memory = new WebAssembly.Memory({ initial: 4 });
    session = new KernelBackend().createSession({ memory, stopFd: -1 });
    opened = session.openObject(object, { name: "live" });
    opened.load();
  });
  afterEach(() => session.close());

  it("says how much room a map takes: its values at multiples of 8, in whole pages", () => {
    assert.deepEqual(map(".bss").liveLayout(), { size: PAGE, alignment: PAGE });
    assert.deepEqual(map("array").liveLayout(), { size: 6 * PAGE, alignment: PAGE });
  });

  it("refuses what cannot be mapped for writing, and says why", () => {
    assert.equal(
      code(() => map(".rodata").liveLayout()),
      "EROFS",
    );
    assert.match(
      code(() => map("plain").mapLive(0)),
      /^E(OP)?NOTSUPP?$/,
    );
    assert.equal(
      code(() => map("hash").mapLive(0)),
      "EINVAL",
    );
    assert.throws(() => map("plain").mapLive(0), /cannot map 'plain' .*BPF_F_MMAPABLE/);
  });

  it("leaves a frozen map to the calls, and says that it is frozen", () => {
    bytes().fill(0x77, PAGE, 7 * PAGE);
    map("array").freeze();
    assert.throws(() => map("array").mapLive(PAGE), {
      code: "EPERM",
      message: /cannot map 'array' .*frozen/,
      detail: /by calls of the kernel/,
    });
    assert.equal(view().getUint8(PAGE), 0x77, "the memory is the module's own still");
    run();
    view().setUint32(0, 2999, true);
    assert.equal(map("array").lookup(0, 8, 0), 0);
    assert.equal(view().getUint32(8, true), 1);
    assert.equal(map("array").update(0, 8, 0), -1);
  });

  it("shows a program's writes at once, and a program its own", () => {
    map(".data").mapLive(PAGE);
    map(".bss").mapLive(2 * PAGE);
    assert.equal(view().getBigUint64(PAGE, true), 41n);
    run();
    assert.equal(view().getBigUint64(PAGE, true), 42n);
    view().setBigUint64(PAGE, 1000n, true);
    run();
    assert.equal(view().getBigUint64(PAGE, true), 1001n);
    assert.equal(view().getUint32(2 * PAGE + 4, true), 5);
  });

  it("agrees with the calls on every element, the last one too", () => {
    const at = WASM_PAGE;
    map("array").mapLive(at);
    run();
    assert.equal(view().getUint32(at + 2999 * 8, true), 1);
    view().setUint32(0, 2999, true);
    assert.equal(map("array").lookup(0, 8, 0), 0);
    assert.equal(view().getUint32(8, true), 1);
    view().setUint32(at + 17 * 8, 99, true);
    view().setUint32(0, 17, true);
    assert.equal(map("array").lookup(0, 8, 0), 0);
    assert.equal(view().getUint32(8, true), 99);
  });

  it("adds atomically to what a program counts", () => {
    map(".data").mapLive(0);
    const counter = new BigUint64Array(memory.buffer, 0, 1);
    for (let i = 0; i < 100; i++) {
      run();
      Atomics.add(counter, 0, 1n);
    }
    assert.equal(counter[0], 241n);
  });

  it("takes whole pages of the module's memory only, and one map for each", () => {
    const { size } = memory.buffer ? { size: memory.buffer.byteLength } : { size: 0 };
    assert.equal(
      code(() => map(".bss").mapLive(8)),
      "EINVAL",
    );
    assert.equal(
      code(() => map(".bss").mapLive(size)),
      "EFAULT",
    );
    assert.equal(
      code(() => map(".bss").mapLive(0xffff_f000)),
      "EFAULT",
    );
    assert.equal(
      code(() => map("array").mapLive(size - 5 * PAGE)),
      "EFAULT",
    );
    map("array").mapLive(0);
    assert.equal(
      code(() => map(".bss").mapLive(5 * PAGE)),
      "EBUSY",
    );
    assert.equal(
      code(() => map("array").mapLive(8 * PAGE)),
      "EALREADY",
    );
    assert.equal(
      code(() => map(".bss").mapLive(6 * PAGE)),
      "none",
    );
  });

  it("changes nothing outside the map when everything is overwritten", () => {
    const other = new WebAssembly.Memory({ initial: 4 });
    map("array").mapLive(PAGE);
    map(".data").mapLive(PAGE * 8);
    bytes().fill(0xee);
    bytes().copyWithin(1, 0);
    assert.equal(memory.grow(1), 4);
    bytes().fill(0xdd);
    assert.ok(bytes().every((byte) => byte === 0xdd));
    assert.ok(new Uint8Array(other.buffer).every((byte) => byte === 0));
    view().setUint32(0, 0, true);
    assert.equal(map("plain").lookup(0, 8, 0), 0);
    assert.equal(view().getUint32(8, true), 0, "another map is untouched");
    assert.equal(map(".rodata").lookup(0, 8, 0), 0);
    assert.equal(view().getBigUint64(8, true), 7n);
  });

  it("stays over memory.grow", () => {
    map(".data").mapLive(PAGE);
    for (const pages of [1, 100, 1000]) {
      memory.grow(pages);
      const before = view().getBigUint64(PAGE, true);
      run();
      assert.equal(view().getBigUint64(PAGE, true), before + 1n);
    }
  });

  it("leaves the last values in ordinary memory when the object is closed", () => {
    map(".data").mapLive(PAGE);
    view().setBigUint64(PAGE, 77n, true);
    opened.close();
    assert.equal(view().getBigUint64(PAGE, true), 77n);
    view().setBigUint64(PAGE, 78n, true);
    assert.equal(view().getBigUint64(PAGE, true), 78n);
    memory.grow(1);
    assert.equal(view().getBigUint64(PAGE, true), 78n);
  });

  it("gives the room free for another map once an object is closed", () => {
    map(".data").mapLive(PAGE);
    opened.close();
    opened = session.openObject(object, { name: "again" });
    opened.load();
    map(".data").mapLive(PAGE);
    assert.equal(view().getBigUint64(PAGE, true), 41n);
  });

  it("keeps the maps of two instances apart", () => {
    const memory2 = new WebAssembly.Memory({ initial: 1 });
    const session2 = new KernelBackend().createSession({ memory: memory2, stopFd: -1 });
    try {
      const second = session2.openObject(object, { name: "second" });
      second.load();
      (second.maps.find((one) => one.name === ".data") as Required<BackendMap>).mapLive(0);
      map(".data").mapLive(0);
      run();
      assert.equal(view().getBigUint64(0, true), 42n);
      assert.equal(new DataView(memory2.buffer).getBigUint64(0, true), 41n);
    } finally {
      session2.close();
    }
  });

  it("answers before the load as well, but maps only after it", () => {
    const early = session.openObject(object, { name: "early" });
    const data = early.maps.find((one) => one.name === ".data") as Required<BackendMap>;
    assert.deepEqual(data.liveLayout(), { size: PAGE, alignment: PAGE });
    assert.throws(() => data.mapLive(0), { code: "EBADF" });
    early.close();
  });
});
