import assert from "node:assert/strict";
import { nearNames, suggestion } from "./near-names.js";

describe("nearNames", () => {
  const names = ["exec_start", "events", "rb", "handle_exec", ".rodata"];
  it("finds names with a few other letters, the nearest first", () => {
    assert.deepEqual(nearNames("exec_strat", names), ["exec_start"]);
    assert.deepEqual(nearNames("event", ["evens", "events"]), ["evens", "events"]);
    assert.deepEqual(nearNames("RB", names), ["rb"]);
  });
  it("finds names that one begins with", () => {
    assert.deepEqual(nearNames("exec_start_map", names), ["exec_start"]);
    assert.deepEqual(nearNames("exec", names), ["exec_start"]);
  });
  it("offers three at most, and none that has nothing to do with it", () => {
    assert.equal(nearNames("map", ["map1", "map2", "map3", "map4"]).length, 3);
    assert.deepEqual(nearNames("zzz", names), []);
    assert.deepEqual(nearNames("", names), []);
  });
  it("lists what there is when nothing is near", () => {
    assert.equal(suggestion("zzz", ["a1", "b1"], "maps"), "; it has 'a1', 'b1'");
    assert.equal(suggestion("zzz", [], "maps"), "; it has no maps");
  });
});
