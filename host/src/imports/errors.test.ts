import assert from "node:assert/strict";
import { PAGE, Rig } from "../testing/rig.js";

describe("last_error", () => {
  it("is empty at first", () => {
    const { call } = new Rig();
    assert.equal(call.last_error(0, 64), 0);
  });

  it("gives the text of the latest failure, and its length", () => {
    const rig = new Rig();
    assert.equal(rig.call.object_load(7), -9);
    const text = "handle 7 was never given, an object was expected";
    assert.equal(rig.call.last_error(0, 0), text.length);
    assert.equal(rig.lastError, text);
  });

  it("never cuts inside a character", () => {
    const rig = new Rig();
    rig.context.lastError = "aé€😀";
    const lengths = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10];
    lengths.forEach((expected, cap) => {
      new Uint8Array(rig.memory.buffer).fill(0x2e, 0, 16);
      assert.equal(rig.call.last_error(0, cap), 10);
      const text = Buffer.from(rig.memory.buffer, 0, 16).toString().replaceAll(".", "");
      assert.equal(Buffer.byteLength(text), expected, `cap ${cap}`);
      assert("aé€😀".startsWith(text));
    });
  });

  it("refuses a buffer outside the memory and keeps its text", () => {
    const rig = new Rig();
    rig.context.lastError = "before";
    for (const [buf, cap] of [
      [PAGE, 1],
      [PAGE - 3, 4],
      [-1, 1],
      [0, -1],
      [-4, 8],
    ] as const) {
      assert.equal(rig.call.last_error(buf, cap), -14, `${buf}, ${cap}`);
    }
    assert.equal(rig.call.last_error(PAGE, 0), 6);
    assert.equal(rig.context.lastError, "before");
  });
});
