import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

const SPEC = {
  maps: { m: {}, inner: {}, tasks: { type: 29 }, files: { type: 28 } },
  programs: { p: { section: "xdp" } },
};

describe("what a module puts in maps without having it as bytes", () => {
  const opened = () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    rig.call.object_load(object);
    const map = (name: string) => rig.call.object_find_map(object, ...rig.put(name));
    const program = rig.call.object_find_program(object, ...rig.put("p"));
    return { rig, map, program };
  };

  it("is named by a handle, a path or a process id", () => {
    const { rig, map, program } = opened();
    const m = map("m");
    const [path, length] = rig.put("/a");
    const pid = rig.put(Uint8Array.of(7, 1, 0, 0));
    assert.equal(rig.call.map_update_map(m, 64, map("inner"), 0), 0);
    assert.equal(rig.call.map_update_program(m, 72, program, 0), 0);
    assert.equal(rig.call.map_update_cgroup(m, 80, path, length), 0);
    assert.equal(rig.call.map_update_redirect(m, 88, 3, program), 0);
    assert.equal(rig.call.map_update_redirect(m, 88, 3, 0), 0);
    assert.equal(rig.call.map_storage_lookup(map("tasks"), ...pid, 128), 0);
    assert.equal(rig.call.map_storage_update(map("files"), path, length, 128, 0), 0);
    assert.equal(rig.call.map_storage_delete(map("files"), path, length), 0);
    assert.equal(rig.call.map_freeze(m), 0);
    assert.deepEqual(rig.backend.settings, [
      "map m[64] = map inner",
      "map m[72] = program p",
      "map m[80] = cgroup /a",
      "map m[88] = 3 p",
      "map m[88] = 3 -",
      'map tasks[0] = {"pid":263}',
      'map files[0] = {"path":"/a"}',
      'map files[0] = {"path":"/a"}',
      "map m frozen",
    ]);
  });

  it("is refused when the handle is of another kind, or the memory is not the module's", () => {
    const { rig, map, program } = opened();
    const m = map("m");
    assert.equal(rig.call.map_update_map(m, 64, program, 0), -9);
    assert.match(rig.lastError, /is a program, a map was expected$/);
    assert.equal(rig.call.map_update_map(m, 64, 3, 0), -9);
    assert.equal(rig.call.map_update_program(m, 64, m, 0), -9);
    assert.equal(rig.call.map_update_redirect(m, 64, 1, m), -9);
    assert.equal(rig.call.map_update_cgroup(m, 64, PAGE - 1, 2), -14);
    assert.equal(rig.call.map_storage_lookup(map("tasks"), 64, 2, 128), -22);
    assert.equal(rig.lastError, "map 'tasks' belongs to tasks: give a process id, 4 bytes");
    assert.equal(rig.call.map_storage_lookup(map("tasks"), PAGE - 2, 4, 128), -14);
    assert.equal(rig.call.map_id(m), -9);
    assert.equal(rig.call.map_lookup_and_delete(program, 64, 72, 0), -9);
    assert.deepEqual(rig.backend.settings, []);
  });

  it("goes to the backend in batches", () => {
    const { rig, map, program } = opened();
    const m = map("m");
    assert.equal(rig.call.map_lookup_batch(m, 64), 0);
    assert.equal(rig.call.map_lookup_and_delete_batch(m, 64), 0);
    assert.equal(rig.call.map_update_batch(m, 64), 0);
    assert.equal(rig.call.map_delete_batch(m, 64), 0);
    assert.equal(rig.call.map_delete_batch(program, 64), -9);
    assert.deepEqual(
      rig.backend.settings,
      ["lookup", "lookupAndDelete", "update", "delete"].map((call) => `map m[64] = ${call}`),
    );
  });

  it("is taken out and copied in one call", () => {
    const { rig, map } = opened();
    const m = map("m");
    rig.view().setBigUint64(72, 5n, true);
    assert.equal(rig.call.map_lookup_and_delete(m, 64, 80, 0), -2);
    assert.equal(rig.call.map_update(m, 64, 72, 0), 0);
    assert.equal(rig.call.map_lookup_and_delete(m, 64, 80, 0), 0);
    assert.equal(rig.view().getBigUint64(80, true), 5n);
    assert.equal(rig.call.map_lookup(m, 64, 80, 0), -2);
  });
});
