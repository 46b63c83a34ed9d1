import assert from "node:assert/strict";
import type { BackendMap } from "../backend.js";
import type { ConformanceOptions } from "../conformance.js";
import { type Guest, mapOf, PAGE, withGuest } from "./guest.js";

const ENOENT = -2;
const E2BIG = -7;
const EBADF = -9;
const EFAULT = -14;
const EEXIST = -17;
const EINVAL = -22;

const KEY = 64;
const VALUE = 128;
const BPF_NOEXIST = 1;
const BPF_EXIST = 2;

export function mapsConform({ describe, it, backend, object }: ConformanceOptions): void {
  const onMap = (name: string, body: (map: BackendMap, guest: Guest) => void) =>
    withGuest(backend, (guest) => body(mapOf(guest.load(object("maps")), name), guest));

  describe("maps", () => {
    it("work on a hash: update with its flags, lookup, delete, iteration, full", () => {
      onMap("hash", (hash, guest) => {
        const put = (key: number, value: bigint, flags = 0) => {
          guest.setU32(KEY, key);
          guest.setU64(VALUE, value);
          return hash.update(KEY, VALUE, flags);
        };
        guest.setU32(KEY, 5);
        assert.equal(hash.lookup(KEY, VALUE, 0), ENOENT);
        assert.equal(hash.delete(KEY), ENOENT);
        assert.equal(hash.nextKey(0, KEY), ENOENT);
        assert.equal(put(5, 50n, BPF_EXIST), ENOENT);
        assert.equal(put(5, 50n, BPF_NOEXIST), 0);
        assert.equal(put(5, 51n, BPF_NOEXIST), EEXIST);
        assert.equal(put(5, 0xfedcba9876543210n, BPF_EXIST), 0);
        guest.setU64(VALUE, 0n);
        assert.equal(hash.lookup(KEY, VALUE, 0), 0);
        assert.equal(guest.u64(VALUE), 0xfedcba9876543210n);
        for (const key of [6, 7, 8]) assert.equal(put(key, 1n), 0);
        assert.equal(put(9, 1n), E2BIG);

        const seen: number[] = [];
        for (let from = 0; hash.nextKey(from, KEY) === 0; from = KEY) seen.push(guest.u32(KEY));
        assert.deepEqual(seen.sort(), [5, 6, 7, 8]);
        assert.equal(hash.delete(KEY), 0);
        assert.equal(hash.lookup(KEY, VALUE, 0), ENOENT);
      });
    });

    it("work on an array: every index is there, none beyond, none is deleted", () => {
      onMap("array", (array, guest) => {
        assert.deepEqual(array.info, {
          ...array.info,
          type: 2,
          keySize: 4,
          valueSize: 8,
          maxEntries: 8,
          valueBytes: 8,
        });
        guest.setU32(KEY, 7);
        guest.setU64(VALUE, 77n);
        assert.equal(array.update(KEY, VALUE, 0), 0);
        assert.equal(array.lookup(KEY, VALUE + 8, 0), 0);
        assert.equal(guest.u64(VALUE + 8), 77n);
        assert.equal(array.delete(KEY), EINVAL);
        assert.equal(array.nextKey(KEY, KEY), ENOENT);
        guest.setU32(KEY, 8);
        assert.equal(array.lookup(KEY, VALUE, 0), ENOENT);
        assert.equal(array.update(KEY, VALUE, 0), E2BIG);
      });
    });

    for (const name of ["percpu_array", "percpu_hash"]) {
      it(`work on a ${name}: a value for each possible CPU`, () => {
        onMap(name, (map, guest) => {
          const cpus = map.info.valueBytes / 8;
          assert.ok(Number.isInteger(cpus) && cpus >= 1);
          guest.setU32(KEY, 2);
          for (let cpu = 0; cpu < cpus; cpu++) guest.setU64(VALUE + 8 * cpu, BigInt(100 + cpu));
          assert.equal(map.update(KEY, VALUE, 0), 0);
          guest.bytes.fill(0xaa, VALUE, VALUE + 8 * cpus + 8);
          assert.equal(map.lookup(KEY, VALUE, 0), 0);
          for (let cpu = 0; cpu < cpus; cpu++) {
            assert.equal(guest.u64(VALUE + 8 * cpu), BigInt(100 + cpu));
          }
          assert.equal(guest.u64(VALUE + 8 * cpus), 0xaaaaaaaaaaaaaaaan);
          const end = PAGE * 4;
          assert.equal(map.lookup(KEY, end - 8 * cpus, 0), 0);
          assert.equal(map.lookup(KEY, end - 8 * cpus + 1, 0), EFAULT);
        });
      });
    }

    it("round a per-CPU value up to 8 bytes", () => {
      onMap("percpu_odd", (odd, guest) => {
        withGuest(backend, (other) => {
          const even = mapOf(other.load(object("maps")), "percpu_array");
          assert.equal(odd.info.valueSize, 12);
          assert.equal(odd.info.valueBytes, even.info.valueBytes * 2);
        });
        guest.setU32(KEY, 0);
        assert.equal(odd.lookup(KEY, VALUE, 0), 0);
      });
    });

    it("work on an LRU hash: it never gets full", () => {
      onMap("lru", (lru, guest) => {
        for (let key = 0; key < 1000; key++) {
          guest.setU32(KEY, key);
          guest.setU64(VALUE, BigInt(key));
          assert.equal(lru.update(KEY, VALUE, 0), 0);
        }
        assert.equal(lru.lookup(KEY, VALUE, 0), 0);
        assert.equal(guest.u64(VALUE), 999n);
        let entries = 0;
        for (let from = 0; lru.nextKey(from, KEY) === 0; from = KEY) entries++;
        assert.ok(entries >= 1 && entries <= 16, `${entries} entries`);
      });
    });

    it("work without a key: queue, stack and bloom filter", () => {
      withGuest(backend, (guest) => {
        const loaded = guest.load(object("maps"));
        for (const [name, first] of [
          ["queue", 1],
          ["stack", 3],
        ] as const) {
          const map = mapOf(loaded, name);
          assert.equal(map.lookup(0, VALUE, 0), ENOENT);
          for (const value of [1, 2, 3]) {
            guest.setU32(VALUE, value);
            assert.equal(map.update(0, VALUE, 0), 0);
          }
          guest.setU32(VALUE, 0);
          // A lookup peeks. The key is not looked at: not even one outside the memory matters.
          assert.equal(map.lookup(0xffffffff | 0, VALUE, 0), 0);
          assert.equal(guest.u32(VALUE), first);
        }
        const bloom = mapOf(loaded, "bloom");
        guest.setU32(VALUE, 1234);
        assert.equal(bloom.lookup(0, VALUE, 0), ENOENT);
        assert.equal(bloom.update(0, VALUE, 0), 0);
        assert.equal(bloom.lookup(0, VALUE, 0), 0);
      });
    });

    it("check every range against the memory, in 64 bits", () => {
      onMap("array", (array, guest) => {
        const end = guest.bytes.length;
        guest.setU32(KEY, 1);
        guest.setU64(VALUE, 42n);
        assert.equal(array.update(KEY, VALUE, 0), 0);
        // The last place that fits.
        assert.equal(array.lookup(KEY, end - 8, 0), 0);
        assert.equal(guest.u64(end - 8), 42n);
        guest.setU32(end - 4, 1);
        assert.equal(array.lookup(end - 4, VALUE, 0), 0);
        const outside = [end - 3, end - 1, end, end + 1, 0x7fffffff, 0x80000000, 0xfffffff8];
        for (const pointer of [...outside, 0xfffffffc, 0xfffffffd, 0xffffffff, -1]) {
          const bad = pointer | 0;
          assert.equal(array.lookup(bad, VALUE, 0), EFAULT, `lookup key ${pointer}`);
          assert.equal(array.update(bad, VALUE, 0), EFAULT, `update key ${pointer}`);
          assert.equal(array.delete(bad), EFAULT, `delete key ${pointer}`);
          assert.equal(array.nextKey(bad, VALUE), EFAULT, `next key ${pointer}`);
          assert.equal(array.lookup(KEY, bad, 0), EFAULT, `lookup value ${pointer}`);
          assert.equal(array.update(KEY, bad, 0), EFAULT, `update value ${pointer}`);
          assert.equal(array.nextKey(KEY, bad), EFAULT, `next ${pointer}`);
        }
        assert.equal(array.lookup(KEY, end - 7, 0), EFAULT);
      });
    });

    it("follow the memory when it grows between calls", () => {
      onMap("array", (array, guest) => {
        const end = guest.bytes.length;
        guest.setU32(KEY, 1);
        guest.setU64(VALUE, 4711n);
        assert.equal(array.update(KEY, VALUE, 0), 0);
        assert.equal(array.lookup(KEY, end, 0), EFAULT);
        for (let round = 0; round < 20; round++) {
          const at = guest.bytes.length;
          guest.memory.grow(1);
          assert.equal(array.lookup(KEY, at, 0), 0);
          assert.equal(guest.u64(at), 4711n);
          assert.equal(array.lookup(KEY, at + PAGE, 0), EFAULT);
        }
      });
    });

    it("answer -EBADF before load", () => {
      withGuest(backend, ({ session }) => {
        const opened = session.openObject(object("maps"), { name: "early" });
        const hash = mapOf(opened, "hash");
        assert.equal(hash.lookup(0, 8, 0), EBADF);
        assert.equal(hash.update(0, 8, 0), EBADF);
        assert.equal(hash.delete(0), EBADF);
        assert.equal(hash.nextKey(0, 8), EBADF);
      });
    });
  });
}
