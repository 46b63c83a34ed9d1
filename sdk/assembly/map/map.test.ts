import assert from "node:assert/strict";
import { compile, Guest } from "../../testing/guest.js";

const ENOENT = -2;
const EEXIST = -17;
const E2BIG = -7;

const HEADER = `
import { BpfObject, console, errno } from "@wbpf/sdk/assembly";
import { ArrayMap, BloomFilter, BpfMap, flags, HashMap, PerCpuMap, QueueMap, ScalarArrayMap, ScalarHashMap, ScalarPerCpuMap } from "@wbpf/sdk/assembly/map/index";
import { Scalar } from "@wbpf/sdk/assembly/view/index";
@unmanaged class Key {
  static at(): Key { const p = heap.alloc(16); memory.fill(p, 0, 16); return changetype<Key>(p); }
  get pid(): u32 { return load<u32>(changetype<usize>(this)); }
  set pid(v: u32) { store<u32>(changetype<usize>(this), v); }
  get cookie(): u64 { return load<u64>(changetype<usize>(this), 8); }
  set cookie(v: u64) { store<u64>(changetype<usize>(this), v, 8); }
}
function open(): BpfObject { return new BpfObject("o", memory.data<u64>([1]), 8); }
function log(n: i64): void { console.log(n.toString()); }
`;

/** A host with one map that behaves as the kernel's hash: keys in no order, a vanished key begins anew. */
class HashHost extends Guest {
  readonly entries = new Map<string, Uint8Array>();
  calls = 0;

  constructor(
    readonly keySize: number,
    readonly valueSize: number,
    readonly capacity = 100,
    readonly cpus = 0,
  ) {
    super();
    const bytes = cpus === 0 ? valueSize : ((valueSize + 7) & ~7) * cpus;
    const key = (at: number): string => Buffer.from(this.bytes(at, keySize)).toString("hex");
    this.wbpf.object_open = () => 1;
    this.wbpf.object_find_map = () => 11;
    this.wbpf.last_error = () => 0;
    this.wbpf.map_info = (_map, out) => {
      [1, keySize, valueSize, capacity, 0, bytes].forEach((word, i) => {
        this.view.setUint32((out as number) + 4 * i, word, true);
      });
      return 24;
    };
    this.wbpf.map_lookup = (_map, at, value) => {
      this.calls++;
      const found = this.entries.get(key(at as number));
      if (found === undefined) return ENOENT;
      this.bytes(value as number, bytes).set(found);
      return 0;
    };
    this.wbpf.map_update = (_map, at, value, how) => {
      const name = key(at as number);
      if (how === 1 && this.entries.has(name)) return EEXIST;
      if (how === 2 && !this.entries.has(name)) return ENOENT;
      if (!this.entries.has(name) && this.entries.size === this.capacity) return E2BIG;
      this.entries.set(name, this.bytes(value as number, bytes).slice());
      return 0;
    };
    this.wbpf.map_delete = (_map, at) => (this.entries.delete(key(at as number)) ? 0 : ENOENT);
    this.wbpf.map_next_key = (_map, at, next) => {
      const keys = [...this.entries.keys()];
      const index = at === 0 ? -1 : keys.indexOf(key(at as number));
      const following = keys[index + 1];
      if (following === undefined) return ENOENT;
      this.bytes(next as number, keySize).set(Buffer.from(following, "hex"));
      return 0;
    };
  }
}

async function lines(host: Guest, body: string): Promise<string[]> {
  const code = host.run(
    await compile(`${HEADER}\nexport function main(): i32 {\n${body}\n  return 0;\n}`),
  );
  assert.equal(code, 0, host.stderr);
  return host.stdout.trimEnd().split("\n");
}

describe("HashMap", () => {
  it("looks up, updates and deletes with number keys and values", async () => {
    const host = new HashHost(4, 8, 2);
    const out = await lines(
      host,
      `
  const map = new ScalarHashMap<i32, u64>(open(), "m", 4, 8);
  log(map.get(7, 99));
  log(map.error);
  log(map.set(7, 0x1_0000_0002));
  log(map.get(7, 99));
  const view = map.lookup(7);
  log(view !== null ? view.value : 0);
  log(map.set(7, 1, flags.NOEXIST));
  log(map.set(8, 1, flags.EXIST));
  log(map.set(-1, 5));
  log(map.set(9, 5));
  log(map.has(-1) ? 1 : 0);
  log(map.delete(7));
  log(map.delete(7));
  log(map.maxEntries);`,
    );
    assert.deepEqual(out, [
      "99",
      "-2",
      "0",
      "4294967298",
      "4294967298",
      "-17",
      "-2",
      "0",
      "-7",
      "1",
      "0",
      "-2",
      "2",
    ]);
    assert.deepEqual([...host.entries.keys()], ["ffffffff"]);
  });

  it("takes structs as keys, and allocates nothing for a lookup", async () => {
    const host = new HashHost(16, 16);
    const out = await lines(
      host,
      `
  const map = new HashMap<Key, Key>(open(), "m", 16, 16);
  const key = Key.at();
  const value = Key.at();
  key.pid = 5;
  key.cookie = 6;
  value.cookie = 77;
  log(map.update(key, value));
  const before = memory.size();
  let sum: u64 = 0;
  for (let i = 0; i < 10000; i++) { const found = map.lookup(key); if (found !== null) sum += found.cookie; }
  log(sum);
  log(memory.size() - before);
  key.pid = 6;
  log(map.lookup(key) === null ? 1 : 0);`,
    );
    assert.deepEqual(out, ["0", "770000", "0", "1"]);
  });

  it("walks all entries, also while it deletes them, and those that vanish are left out", async () => {
    const host = new HashHost(4, 8);
    const out = await lines(
      host,
      `
  const map = new ScalarHashMap<u32, u64>(open(), "m", 4, 8);
  for (let i: u32 = 1; i <= 5; i++) map.set(i, i * 10);
  let sum: u64 = 0;
  let all = map.entries();
  while (all.next()) { sum += all.value.value * all.key; if (all.key % 2) map.delete(all.key); }
  log(sum);
  all = map.entries();
  let count = 0;
  while (all.next()) count++;
  log(count);
  log(map.firstKey());
  log(map.key);
  log(map.nextKey(map.key));
  log(map.key);
  log(map.nextKey(map.key));`,
    );
    assert.deepEqual(out, ["550", "2", "0", "2", "0", "4", "-2"]);
  });
});

describe("ArrayMap", () => {
  it("reads and writes by index", async () => {
    const host = new HashHost(4, 4);
    host.entries.set("03000000", Uint8Array.from([1, 2, 0, 0]));
    const out = await lines(
      host,
      `
  const map = new ScalarArrayMap<u32>(open(), "m", 4);
  log(map.get(3, 7));
  log(map.get(4, 7));
  log(map.set(3, 9));
  log(map.get(3, 7));`,
    );
    assert.deepEqual(out, ["513", "7", "0", "9"]);
  });
});

describe("PerCpuMap", () => {
  it("has a value for each CPU, 8 bytes apart", async () => {
    const host = new HashHost(4, 4, 100, 3);
    const values = new Uint8Array(24);
    new DataView(values.buffer).setUint32(0, 5, true);
    new DataView(values.buffer).setUint32(8, 6, true);
    new DataView(values.buffer).setUint32(16, 7, true);
    host.entries.set("01000000", values);
    const out = await lines(
      host,
      `
  const map = new ScalarPerCpuMap<u32, u32>(open(), "m", 4, 4);
  log(map.sum(1, 99));
  log(map.sum(2, 99));
  const found = map.lookup(1);
  if (found !== null) { log(found.cpus); log(found.at(2).value); found.at(1).value = 100; log(map.update(2)); }
  log(map.sum(2, 99));`,
    );
    assert.deepEqual(out, ["18", "99", "3", "7", "0", "112"]);
  });
});

describe("QueueMap and BloomFilter", () => {
  it("push, peek and ask without a key", async () => {
    const host = new HashHost(0, 4);
    const queue: Uint8Array[] = [];
    host.wbpf.map_update = (_map, key, value, how) => {
      assert.deepEqual([key, how], [0, 0]);
      queue.push(host.bytes(value as number, 4).slice());
      return 0;
    };
    host.wbpf.map_lookup = (_map, key, value) => {
      assert.equal(key, 0);
      if (queue[0] === undefined) return ENOENT;
      host.bytes(value as number, 4).set(queue[0]);
      return 0;
    };
    const out = await lines(
      host,
      `
  const queue = new QueueMap<Scalar<u32>>(open(), "m", 4);
  log(queue.peek() === null ? 1 : 0);
  const value = changetype<Scalar<u32>>(heap.alloc(4));
  value.value = 44;
  log(queue.push(value));
  const next = queue.peek();
  log(next !== null ? next.value : 0);
  const bloom = new BloomFilter<Scalar<u32>>(open(), "b", 4);
  log(bloom.mayContain(value) ? 1 : 0);`,
    );
    assert.deepEqual(out, ["1", "0", "44", "1"]);
  });
});
