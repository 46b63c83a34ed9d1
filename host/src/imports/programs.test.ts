import assert from "node:assert/strict";
import { Rig } from "../testing/rig.js";

const SPEC = {
  programs: {
    good: { section: "tp/a/b" },
    bad: { section: "tp/a/c", attach: "cannot attach program 'bad': busy" },
    worse: { section: "tp/a/d", attach: "crash" },
  },
};

describe("program_attach, link_destroy", () => {
  const attach = (rig: Rig, name: string): number => {
    const object = rig.open(SPEC);
    return rig.call.program_attach(rig.call.object_find_program(object, ...rig.put(name)));
  };

  it("attaches and detaches", () => {
    const rig = new Rig();
    const link = attach(rig, "good");
    assert.deepEqual([...rig.backend.attached], ["good"]);
    assert.equal(rig.call.link_destroy(link), 0);
    assert.equal(rig.backend.attached.size, 0);
    assert.equal(rig.call.link_destroy(link), -9);
    assert.match(rig.lastError, /was closed \(it was a link\)/);
  });

  it("gives what the backend says", () => {
    const rig = new Rig();
    assert.equal(attach(rig, "bad"), -16);
    assert.equal(rig.lastError, "cannot attach program 'bad': busy");
    assert.equal(rig.call.program_attach(12), -9);
  });

  it("ends the module with one sentence when the host itself fails", () => {
    const rig = new Rig();
    assert.throws(() => attach(rig, "worse"), {
      name: "ImportFault",
      message: "program_attach failed in the host: undefined is not a function",
    });
  });

  it("takes a link back when there is no handle left for it", () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    const program = rig.call.object_find_program(object, ...rig.put("good"));
    const { handles } = rig.context;
    const map = {} as never;
    while (handles.size < 65_535) handles.add("map", map);
    assert.equal(rig.call.program_attach(program), -24);
    assert.equal(rig.backend.attached.size, 0);
    assert.equal(rig.open(SPEC), -24);
    assert.equal(rig.backend.openObjects, 1);
  });
});
