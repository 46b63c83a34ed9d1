import assert from "node:assert/strict";
import { printable } from "./printable.js";

describe("printable", () => {
  it("leaves text alone, and writes out what would move the cursor or turn the writing", () => {
    assert.equal(printable("tracepoint sched/* é 🐝"), "tracepoint sched/* é 🐝");
    assert.equal(printable("a\u001b[31m\r\n\u009b2J"), "a\\u001b[31m\\u000d\\u000a\\u009b2J");
    assert.equal(printable("x\u202ey\u2066"), "x\\u202ey\\u2066");
  });
});
