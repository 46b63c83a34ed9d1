import assert from "node:assert/strict";
import { Rig } from "../testing/rig.js";

describe("what a module asks of the kernel", () => {
  it("is answered with 1, 0, or why it cannot be told", () => {
    const { call } = new Rig();
    assert.equal(call.probe_map_type(27), 1);
    assert.equal(call.probe_map_type(-1), 0);
    assert.equal(call.probe_program_type(6), 1);
    assert.equal(call.probe_program_type(7), 0);
    assert.equal(call.probe_helper(6, 1), 1);
    assert.equal(call.probe_helper(6, 2), 0);
    assert.equal(call.kernel_version(), 0x061200);
    assert.equal(call.possible_cpus(), 4);
  });

  it("says why the kernel did not tell", () => {
    const rig = new Rig();
    assert.equal(rig.call.probe_program_type(99), -1);
    assert.equal(rig.lastError, "nobody may ask");
  });
});
