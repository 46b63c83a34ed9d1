import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

const SPEC = { maps: { m: {}, ".rodata": { initial: [1, 2, 3, 4] } } };

describe("map_*", () => {
  it("tells what a map is", () => {
    const rig = new Rig();
    const map = rig.map(SPEC, "m");
    assert.equal(rig.call.map_info(map, 64, 24), 24);
    const view = rig.view();
    assert.deepEqual(
      [0, 4, 8, 12, 16, 20].map((i) => view.getUint32(64 + i, true)),
      [1, 4, 8, 2, 0, 8],
    );
    view.setUint32(68, 99, true);
    assert.equal(rig.call.map_info(map, 64, 4), 4);
    assert.equal(rig.view().getUint32(68, true), 99);
    assert.equal(rig.call.map_info(map, 64, 100), 24);
    assert.equal(rig.call.map_info(map, PAGE - 23, 24), -14);
    assert.equal(rig.call.map_info(map, PAGE - 24, -1), 24);
    assert.equal(rig.call.map_info(1, 64, 24), -9);
  });

  it("reads and writes initial values, before load only", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    const data = rig.call.object_find_map(object, ...rig.put(".rodata"));
    const plain = rig.call.object_find_map(object, ...rig.put("m"));
    assert.equal(rig.call.map_initial_value(data, 1, 64, 3), 0);
    assert.deepEqual([...new Uint8Array(rig.memory.buffer, 64, 4)], [2, 3, 4, 0]);
    const source = rig.put(Uint8Array.of(9, 8));
    assert.equal(rig.call.map_set_initial_value(data, 2, ...source), 0);
    assert.equal(rig.call.map_initial_value(data, 0, 64, 4), 0);
    assert.deepEqual([...new Uint8Array(rig.memory.buffer, 64, 4)], [1, 2, 9, 8]);
    assert.equal(rig.call.map_initial_value(data, 2, 64, 3), -22);
    assert.equal(
      rig.lastError,
      "bytes 2 to 5 leave the initial value of map '.rodata', which has 4",
    );
    assert.equal(rig.call.map_initial_value(data, -1, 64, 3), -22);
    assert.equal(rig.call.map_initial_value(plain, 0, 64, 1), -22);
    assert.equal(rig.call.map_initial_value(data, 0, PAGE - 2, 3), -14);
    assert.equal(rig.call.map_set_initial_value(data, 0, PAGE - 2, 3), -14);
    assert.equal(rig.call.map_set_initial_value(data, 3, ...source), -22);
    rig.call.object_load(object);
    assert.equal(rig.call.map_set_initial_value(data, 2, ...source), -16);
  });

  it("updates, looks up, deletes and walks", () => {
    const rig = new Rig();
    const map = rig.map(SPEC, "m");
    const [key] = rig.put(Uint8Array.of(1, 0, 0, 0));
    const [value] = rig.put(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const { call } = rig;
    rig.context.lastError = "untouched";
    assert.equal(call.map_lookup(map, key, 64, 0), -2);
    assert.equal(call.map_update(map, key, value, 2), -2);
    assert.equal(call.map_update(map, key, value, 1), 0);
    assert.equal(call.map_update(map, key, value, 1), -17);
    assert.equal(call.map_lookup(map, key, 64, 0), 0);
    assert.equal(rig.view().getUint8(71), 8);
    assert.equal(call.map_next_key(map, 0, 80), 0);
    assert.equal(rig.view().getUint32(80, true), 1);
    assert.equal(call.map_next_key(map, key, 80), -2);
    assert.equal(call.map_delete(map, key), 0);
    assert.equal(call.map_delete(map, key), -2);
    assert.equal(rig.context.lastError, "untouched");
  });

  it("says why a hot call failed when its errno does not", () => {
    const rig = new Rig();
    const map = rig.map(SPEC, "m");
    const [value] = rig.put(new Uint8Array(8));
    for (let i = 0; i < 2; i++) {
      assert.equal(rig.call.map_update(map, rig.put(Uint8Array.of(i, 0, 0, 0))[0], value, 0), 0);
    }
    assert.equal(rig.call.map_update(map, rig.put(Uint8Array.of(7, 0, 0, 0))[0], value, 0), -7);
    assert.equal(
      rig.lastError,
      "map_update on map 'm': it is full: it holds 2; raise max_entries or delete what is old (E2BIG)",
    );
    assert.equal(rig.call.map_update(map, value, value, 9), -22);
    assert.match(rig.lastError, /flags \(EINVAL\)/);
    for (const pointer of [PAGE - 3, PAGE, -1, -4, 0x7fffffff]) {
      assert.equal(rig.call.map_lookup(map, pointer, 64, 0), -14);
      assert.equal(rig.call.map_lookup(map, 64, pointer - 4, 0), -14);
      assert.equal(rig.call.map_update(map, pointer, 64, 0), -14);
      assert.equal(rig.call.map_delete(map, pointer), -14);
      assert.equal(rig.call.map_next_key(map, 0, pointer), -14);
      assert.match(
        rig.lastError,
        /^map_next_key on map 'm': .* outside the module's memory \(EFAULT\)$/,
      );
    }
  });

  it("needs a loaded object, and a handle of a map", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    const map = rig.call.object_find_map(object, ...rig.put("m"));
    assert.equal(rig.call.map_lookup(map, 64, 64, 0), -9);
    assert.match(rig.lastError, /its object is not loaded/);
    for (const name of ["map_lookup", "map_update", "map_delete", "map_next_key"] as const) {
      assert.equal(rig.call[name](object, 64, 64, 0), -9);
      assert.equal(rig.lastError, `handle ${object} is an object, a map was expected`);
      assert.equal(rig.call[name](0, 64, 64, 0), -9);
    }
  });
});
