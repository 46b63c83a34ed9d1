import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import asc from "assemblyscript/asc";
import type { BackendMap, BackendSession } from "../../host/src/backend/backend.js";
import { KernelBackend } from "../../host/src/backend/kernel/kernel-backend.js";
import { compileSource } from "../../host/src/backend/testing/compile.js";
import { kernelSuite } from "../support/kernel.js";

const PAGE = 4096;

const BPF = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define MAP(name, flags) struct { \\
  __uint(type, BPF_MAP_TYPE_ARRAY); \\
  __uint(map_flags, flags); \\
  __uint(max_entries, 512); \\
  __type(key, __u32); \\
  __type(value, __u64); \\
} name SEC(".maps")
MAP(before, BPF_F_MMAPABLE);
MAP(target, BPF_F_MMAPABLE);
MAP(after, BPF_F_MMAPABLE);
MAP(plain, 0);
char LICENSE[] SEC("license") = "GPL";
`;

const MODULE = `
export function fill(value: i32): void { memory.fill(0, <u8>value, memory.size() << 16); }
export function shift(): void { memory.copy(1, 0, (memory.size() << 16) - 1); }
export function grow(pages: i32): i32 { return memory.grow(pages); }
export function last(): void { store<u64>((memory.size() << 16) - 8, u64.MAX_VALUE); }
export function outside(): void { store<u64>(memory.size() << 16, 1); }
export function across(at: usize): void { store<u64>(at, u64.MAX_VALUE); }
export function add(at: usize): void { atomic.add<u64>(at, 1); }
export function swap(at: usize, from: u32, to: u32): u32 { return atomic.cmpxchg<u32>(at, from, to); }
`;

type Exports = Record<
  "fill" | "shift" | "grow" | "last" | "outside" | "across" | "add" | "swap",
  (...args: number[]) => number
> & { memory: WebAssembly.Memory };

async function compileModule(): Promise<WebAssembly.Module> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    ["m.ts", "-o", "m.wasm", "--runtime", "stub", "--enable", "threads", "--initialMemory", "2"],
    {
      readFile: (name) => (name === "m.ts" ? MODULE : null),
      writeFile: (name, contents) => {
        if (name === "m.wasm") wasm = contents as Uint8Array<ArrayBuffer>;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw new Error(stderr.toString());
  return new WebAssembly.Module(wasm);
}

kernelSuite("a module that writes everywhere it can", () => {
  const object = compileSource(BPF, "hostile");
  let module: WebAssembly.Module;
  let sessions: BackendSession[] = [];

  before(async function () {
    this.timeout(60_000);
    module = await compileModule();
  });
  afterEach(() => {
    for (const session of sessions) session.close();
    sessions = [];
  });

  const start = () => {
    const exports = new WebAssembly.Instance(module, {}).exports as Exports;
    const session = new KernelBackend().createSession({ memory: exports.memory, stopFd: -1 });
    sessions.push(session);
    const opened = session.openObject(object, { name: "hostile" });
    opened.load();
    const map = (name: string) =>
      opened.maps.find((one) => one.name === name) as Required<BackendMap>;
    const word = (at: number) => new DataView(exports.memory.buffer).getBigUint64(at, true);
    /** By a call of the kernel, not by what is mapped. The value lies where no map is. */
    const read = (name: string, index: number): bigint => {
      const memory = new DataView(exports.memory.buffer);
      memory.setUint32(0, index, true);
      assert.equal(map(name).lookup(0, 8, 0), 0);
      return memory.getBigUint64(8, true);
    };
    return { exports, map, word, read, session };
  };

  it("changes the map that it was given, to its last byte, and no other", () => {
    const { exports, map, read } = start();
    const bystander = start();
    bystander.map("target").mapLive(2 * PAGE);
    map("target").mapLive(2 * PAGE);
    exports.fill(0xee);
    assert.equal(read("target", 511), 0xeeee_eeee_eeee_eeeen);
    for (const name of ["before", "after", "plain"]) {
      for (const index of [0, 511]) assert.equal(read(name, index), 0n, name);
    }
    exports.shift();
    exports.last();
    assert.throws(() => exports.outside(), WebAssembly.RuntimeError);
    for (const name of ["before", "target", "after", "plain"]) {
      assert.equal(bystander.read(name, 0), 0n);
    }
  });

  it("reaches a neighbour only through that neighbour's own page", () => {
    const { exports, map, read } = start();
    map("target").mapLive(2 * PAGE);
    map("after").mapLive(3 * PAGE);
    // Half in one map, half in the other: both are its own.
    exports.across(3 * PAGE - 4);
    assert.equal(read("target", 511), 0xffff_ffff_0000_0000n);
    assert.equal(read("after", 0), 0xffff_ffffn);
    assert.equal(read("before", 0), 0n);
    assert.equal(read("before", 511), 0n);
  });

  it("grows, and writes what it got, with the map in the middle of it", () => {
    const { exports, map, read, word } = start();
    map("target").mapLive(2 * PAGE);
    for (const pages of [1, 7, 100]) {
      exports.grow(pages);
      exports.fill(pages);
      const byte = BigInt(pages) * 0x0101_0101_0101_0101n;
      assert.equal(read("target", 0), byte);
      assert.equal(word(exports.memory.buffer.byteLength - 8), byte);
    }
    assert.equal(read("plain", 0), 0n);
  });

  it("works on it with atomic instructions", () => {
    const { exports, map, read } = start();
    map("target").mapLive(2 * PAGE);
    for (let i = 0; i < 1000; i++) exports.add(2 * PAGE + 8);
    assert.equal(exports.swap(2 * PAGE + 16, 0, 77), 0);
    assert.equal(read("target", 1), 1000n);
    assert.equal(read("target", 2), 77n);
  });

  it("keeps its memory, with the map in it, from the garbage collector", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const begin = () => {
      const { exports, map, session } = start();
      map("target").mapLive(2 * PAGE);
      exports.fill(0x11);
      const index = sessions.indexOf(session);
      // Nothing of JavaScript's refers to it any more, and nobody has closed it.
      sessions.splice(index, 1);
      return new WeakRef(exports.memory);
    };
    const memory = begin();
    const other = start();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      collect();
      other.exports.grow(1);
      other.exports.fill(0x22);
    }
    const kept = memory.deref();
    assert.ok(kept, "a memory with a map in it was freed");
    assert.equal(new DataView(kept.buffer).getUint8(2 * PAGE), 0x11);
  });

  it("goes on in ordinary memory when its session ended under it", () => {
    const { exports, map, session, word } = start();
    map("target").mapLive(2 * PAGE);
    exports.fill(0x11);
    session.close();
    exports.fill(0x22);
    exports.grow(1);
    exports.fill(0x33);
    assert.equal(word(2 * PAGE), 0x3333_3333_3333_3333n);
  });
});
