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

  it("finds types of the kernel and names of enumerators, or says that there are none", () => {
    const rig = new Rig();
    const { call } = rig;
    const name = rig.put("task_struct");
    assert.equal(call.kernel_type(...name, 4, 0, 0), 77);
    assert.equal(call.kernel_type(...name, 5, 0, 0), -2);
    assert.equal(call.kernel_type(...name, 4, ...rig.put("nf")), -2);
    assert.equal(rig.lastError, "there is no type 'task_struct'");
    assert.equal(call.type_name(2, 27, 128, 4), 7);
    assert.equal(Buffer.from(rig.memory.buffer, 128, 4).toString(), "ring");
    assert.equal(call.type_name(2, 28, 128, 4), -2);
    assert.equal(call.type_name(9, 1, 128, 4), -22);
  });

  it("opens a pinned link, and says that there is none", () => {
    const rig = new Rig();
    const path = rig.put("/sys/fs/bpf/link");
    assert.equal(rig.call.link_open(...path), -2);
    rig.backend.pins.add("/sys/fs/bpf/link");
    const link = rig.call.link_open(...path);
    assert.ok(link > 0);
    assert.equal(rig.call.link_destroy(link), 0);
    assert.equal(rig.call.link_destroy(link), -9);
  });

  it("says why the kernel did not tell", () => {
    const rig = new Rig();
    assert.equal(rig.call.probe_program_type(99), -1);
    assert.equal(rig.lastError, "nobody may ask");
  });
});
