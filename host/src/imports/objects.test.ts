import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

const SPEC = {
  maps: { exec_start: {}, rb: { type: 27 }, ".rodata": { initial: [1, 2, 3, 4] } },
  programs: { handle_exec: { section: "tp/sched/sched_process_exec" } },
};

describe("object_*", () => {
  it("opens, loads once and closes", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    assert(object > 0);
    assert.equal(rig.call.object_load(object), 0);
    assert.equal(rig.call.object_load(object), -114);
    assert.match(rig.lastError, /is loaded/);
    assert.equal(rig.call.object_close(object), 0);
    assert.equal(rig.backend.openObjects, 0);
    assert.equal(rig.call.object_close(object), -9);
    assert.equal(
      rig.lastError,
      `handle ${object} was closed (it was an object), an object was expected`,
    );
  });

  it("copies the object's bytes", () => {
    const rig = new Rig();
    const [pointer, length] = rig.put(JSON.stringify(SPEC));
    const object = rig.call.object_open(pointer, length, ...rig.put("tool"));
    new Uint8Array(rig.memory.buffer).fill(0, pointer, pointer + length);
    assert(rig.call.object_find_map(object, ...rig.put("rb")) > 0);
  });

  it("gives what the backend says when it is no BPF object", () => {
    const rig = new Rig();
    assert.equal(rig.call.object_open(...rig.put("nonsense"), ...rig.put("tool")), -22);
    assert.equal(rig.lastError, "object 'tool' is not a BPF object");
  });

  it("refuses ranges outside the memory and names that are not UTF-8", () => {
    const rig = new Rig();
    const bytes = rig.put(JSON.stringify(SPEC));
    const name = rig.put("tool");
    for (const [pointer, length] of [
      [PAGE - 8, 9],
      [PAGE, 1],
      [PAGE + 1, 0],
      [-1, 1],
      [0, -1],
      [-8, 16],
      [0x7fffffff, 0x7fffffff],
    ] as const) {
      assert.equal(rig.call.object_open(pointer, length, ...name), -14);
      assert.match(
        rig.lastError,
        /^the BPF object \(\d+ bytes at \d+\) lies outside the module's memory of 65536 bytes$/,
      );
      assert.equal(rig.call.object_open(...bytes, pointer, length), -14);
      assert.match(rig.lastError, /^the object's name /);
    }
    assert.equal(rig.call.object_open(...bytes, ...rig.put(Uint8Array.of(0x61, 0xc3))), -84);
    assert.equal(rig.lastError, "the object's name is not UTF-8");
    assert.equal(rig.call.object_open(...bytes, ...rig.put("x".repeat(257))), -36);
    assert.equal(rig.backend.openObjects, 0);
  });

  it("works on memory that has grown", () => {
    const rig = new Rig();
    assert.equal(rig.call.object_open(PAGE, 1, 0, 0), -14);
    rig.memory.grow(1);
    const text = Buffer.from(JSON.stringify(SPEC));
    new Uint8Array(rig.memory.buffer).set(text, 2 * PAGE - text.length);
    assert(rig.call.object_open(2 * PAGE - text.length, text.length, 0, 0) > 0);
  });

  it("gives the whole log of a refusal to whoever runs the host, not to the module", () => {
    const rig = new Rig();
    const object = rig.open({
      refuse: { message: "program 'p' was refused", detail: "line 1\nline 2" },
    });
    assert.equal(rig.call.object_load(object), -22);
    assert.equal(rig.lastError, "program 'p' was refused");
    assert.deepEqual(rig.details, ["line 1\nline 2"]);
  });

  it("finds maps and programs, the same one by the same handle", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    const map = rig.call.object_find_map(object, ...rig.put("exec_start"));
    assert.equal(rig.call.object_find_map(object, ...rig.put("exec_start")), map);
    assert(rig.call.object_find_map(object, ...rig.put(".rodata")) > 0);
    const program = rig.call.object_find_program(object, ...rig.put("handle_exec"));
    assert(program > 0);
    assert.equal(rig.call.object_load(program), -9);
    assert.equal(rig.lastError, `handle ${program} is a program, an object was expected`);
    assert.equal(rig.call.object_find_map(map, ...rig.put("rb")), -9);
  });

  it("names what is near to a name that is not there", () => {
    const rig = new Rig();
    const object = rig.open(SPEC, "bootstrap");
    assert.equal(rig.call.object_find_map(object, ...rig.put("exec_strat")), -2);
    assert.equal(
      rig.lastError,
      "object 'bootstrap' has no map 'exec_strat'; did you mean 'exec_start'?",
    );
    assert.equal(rig.call.object_find_program(object, ...rig.put("foo")), -2);
    assert.equal(rig.lastError, "object 'bootstrap' has no program 'foo'; it has 'handle_exec'");
    assert.equal(rig.call.object_find_map(object, 0, -1), -14);
    assert.equal(rig.call.object_find_map(object, ...rig.put(Uint8Array.of(0xff))), -84);
  });

  it("closes all that came from an object", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    rig.call.object_load(object);
    const map = rig.call.object_find_map(object, ...rig.put("rb"));
    const program = rig.call.object_find_program(object, ...rig.put("handle_exec"));
    const link = rig.call.program_attach(program);
    const buffer = rig.call.buffer_open(map);
    assert.deepEqual([...rig.backend.attached], ["handle_exec"]);
    assert.equal(rig.call.object_close(object), 0);
    assert.equal(rig.backend.attached.size, 0);
    assert.equal(rig.backend.openBuffers, 0);
    assert.equal(rig.call.link_destroy(link), -9);
    assert.equal(rig.call.buffer_poll(buffer, 0, 64, 0), -9);
    assert.equal(rig.call.map_lookup(map, 0, 0, 0), -9);
    assert.equal(rig.call.program_attach(program), -9);
    assert.equal(rig.context.handles.size, 0);
  });
});
