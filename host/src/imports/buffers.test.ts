import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

const SPEC = {
  maps: {
    rb: { type: 27, records: ["one", "eleven bytes"] },
    quiet: { type: 27 },
    late: { type: 27, records: ["x"] },
    plain: {},
  },
};

function setUp(...names: (keyof typeof SPEC.maps)[]): {
  rig: Rig;
  maps: number[];
  buffers: number[];
} {
  const rig = new Rig();
  const object = rig.open(SPEC);
  rig.call.object_load(object);
  const maps = names.map((name) => rig.call.object_find_map(object, ...rig.put(name)));
  return { rig, maps, buffers: maps.map((map) => rig.call.buffer_open(map)) };
}

describe("buffer_*", () => {
  it("opens a ring buffer map once at a time", () => {
    const { rig, maps, buffers } = setUp("rb");
    const [map = 0] = maps;
    assert.equal(rig.call.buffer_open(map), -16);
    assert.equal(rig.call.buffer_close(buffers[0] ?? 0), 0);
    assert.equal(rig.call.buffer_close(buffers[0] ?? 0), -9);
    assert(rig.call.buffer_open(map) > 0);
    const plain = setUp("plain");
    assert.equal(plain.buffers[0], -22);
    assert.match(plain.rig.lastError, /not a ring buffer/);
    assert.equal(rig.call.buffer_open(buffers[0] ?? 0), -9);
  });

  it("polls frames as the kernel lays them out", () => {
    const { rig, buffers } = setUp("rb");
    const [buffer = 0] = buffers;
    assert.equal(rig.call.buffer_poll(buffer, 4096, 64, -1), 16 + 24);
    const view = rig.view();
    assert.equal(view.getUint32(4096, true), 3);
    assert.equal(Buffer.from(rig.memory.buffer, 4104, 3).toString(), "one");
    assert.equal(view.getUint32(4112, true), 12);
    assert.equal(rig.call.buffer_poll(buffer, 4096, 64, 0), 0);
  });

  it("reports a record that is larger than the buffer, which stays there", () => {
    const { rig, buffers } = setUp("rb");
    const [buffer = 0] = buffers;
    assert.equal(rig.call.buffer_poll(buffer, 4096, 16, 0), 16);
    assert.equal(rig.call.buffer_poll(buffer, 4096, 16, 0), -28);
    assert.match(rig.lastError, /the next record has 12 bytes and 8 of header, the buffer only 16/);
    assert.equal(rig.call.buffer_poll(buffer, 4096, 24, 0), 24);
  });

  it("refuses bad ranges, timeouts and handles, and says which", () => {
    const { rig, maps, buffers } = setUp("rb");
    const [buffer = 0] = buffers;
    const { call } = rig;
    for (const [buf, cap] of [
      [PAGE - 8, 16],
      [PAGE, 8],
      [-8, 8],
      [-8, 16],
      [0, -1],
    ] as const) {
      assert.equal(call.buffer_poll(buffer, buf, cap, 0), -14);
      assert.match(rig.lastError, /outside the module's memory/);
    }
    assert.equal(call.buffer_poll(buffer, 4100, 64, 0), -22);
    assert.match(rig.lastError, /4100 is not a multiple of 8/);
    assert.equal(call.buffer_poll(buffer, 4096, 64, -2), -22);
    assert.match(rig.lastError, /timeout is -2/);
    assert.equal(call.buffer_poll(maps[0] ?? 0, 4096, 64, 0), -9);
    assert.match(rig.lastError, /is a map, a buffer was expected/);
  });

  it("waits for several and gives the handles that are ready", () => {
    const { rig, buffers } = setUp("rb", "quiet", "late");
    const [list] = rig.put(new Uint8Array(Int32Array.from(buffers).buffer));
    assert.equal(rig.call.buffer_wait(list, 3, 4096, 10), 2);
    const view = rig.view();
    assert.deepEqual(
      [view.getInt32(4096, true), view.getInt32(4100, true)],
      [buffers[0], buffers[2]],
    );
  });

  it("refuses a wait for too many, for one twice, for what is no buffer", () => {
    const { rig, maps, buffers } = setUp("rb", "quiet");
    const list = (...handles: number[]) =>
      rig.put(new Uint8Array(Int32Array.from(handles).buffer))[0];
    const [a = 0, b = 0] = buffers;
    const { call } = rig;
    for (const count of [65, -1]) {
      assert.equal(call.buffer_wait(list(a, b), count, 4096, 0), -22);
      assert.match(rig.lastError, /to 64/);
    }
    assert.equal(call.buffer_wait(list(a, a), 2, 4096, 0), -22);
    assert.match(rig.lastError, /twice/);
    assert.equal(call.buffer_wait(list(a, maps[0] ?? 0), 2, 4096, 0), -9);
    assert.equal(call.buffer_wait(list(a, b), 2, 4096, -5), -22);
    assert.equal(call.buffer_wait(PAGE - 4, 2, 4096, 0), -14);
    assert.equal(call.buffer_wait(list(a, b), 2, PAGE - 4, 0), -14);
    assert.equal(call.buffer_wait(-4, 2, 4096, 0), -14);
  });

  it("is cancelled by a stop, at every later call too, without a text", () => {
    const { rig, buffers } = setUp("rb");
    const [buffer = 0] = buffers;
    rig.backend.stopped = true;
    rig.context.lastError = "untouched";
    const [list] = rig.put(new Uint8Array(Int32Array.of(buffer).buffer));
    for (let i = 0; i < 2; i++) {
      assert.equal(rig.call.buffer_poll(buffer, 4096, 64, -1), -125);
      assert.equal(rig.call.buffer_wait(list, 1, 4096, -1), -125);
    }
    assert.equal(rig.context.lastError, "untouched");
  });
});
