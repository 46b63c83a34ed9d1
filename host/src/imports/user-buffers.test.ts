import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

const SPEC = {
  maps: { orders: { type: 31 }, rb: { type: 27, records: ["abc", "defghijkl"] }, m: {} },
};

describe("buffers beside reading them", () => {
  const opened = () => {
    const rig = new Rig();
    const object = rig.open(SPEC);
    rig.call.object_load(object);
    return { rig, map: (name: string) => rig.call.object_find_map(object, ...rig.put(name)) };
  };

  it("takes records of the module, until there is no room", () => {
    const { rig, map } = opened();
    const writer = rig.call.user_buffer_open(map("orders"));
    assert.ok(writer > 0);
    const record = rig.put("one");
    assert.equal(rig.call.user_buffer_submit(writer, ...record, 0), 0);
    assert.equal(rig.call.user_buffer_submit(writer, ...record, 0), 0);
    assert.equal(rig.call.user_buffer_submit(writer, ...record, 0), -28);
    assert.equal(rig.call.user_buffer_submit(writer, PAGE - 2, 3, 0), -14);
    assert.match(rig.lastError, /\(3 bytes at 65534\) lies outside the module's memory/);
    assert.equal(rig.call.user_buffer_submit(writer, 64, 65, 0), -7);
    assert.match(rig.lastError, /a record of 65 bytes is larger than the whole buffer/);
    assert.equal(rig.call.user_buffer_close(writer), 0);
    assert.deepEqual(rig.backend.settings, ["map orders[0] = one,one"]);
    assert.equal(rig.call.user_buffer_close(writer), -9);
    assert.equal(rig.call.user_buffer_submit(writer, ...record, 0), -9);
    assert.match(rig.lastError, /\(it was a user buffer\), a user buffer was expected$/);
  });

  it("refuses what is no user ring buffer, and to poll one", () => {
    const { rig, map } = opened();
    assert.equal(rig.call.user_buffer_open(map("m")), -22);
    const writer = rig.call.user_buffer_open(map("orders"));
    assert.equal(rig.call.buffer_poll(writer, 64, 64, 0), -9);
    assert.equal(rig.call.buffer_available(writer), -9);
  });

  it("tells what waits, and hands over options", () => {
    const { rig, map } = opened();
    const [options] = rig.put(Uint8Array.of(8, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 0));
    assert.equal(rig.call.buffer_open_with(map("rb"), PAGE - 4, 12), -14);
    const reader = rig.call.buffer_open_with(map("rb"), options, 8);
    assert.ok(reader > 0);
    assert.deepEqual(rig.backend.settings, [
      'map rb[0] = {"pages":8,"wakeupEvents":3,"watermark":0}',
    ]);
    assert.equal(rig.call.buffer_available(reader), 16 + 24);
  });
});
