import assert from "node:assert/strict";
import { UsageError } from "../errors.js";
import { addDirectory } from "./dir-flag.js";

describe("--dir", () => {
  it("takes a path of the host, one for the guest, and whether it is only read", () => {
    for (const [text, host, guest, access] of [
      [".", ".", ".", "write"],
      ["/var/lib/x", "/var/lib/x", "/var/lib/x", "write"],
      ["/etc:ro", "/etc", "/etc", "read"],
      ["a::/b", "a", "/b", "write"],
      ["a::b:ro", "a", "b", "read"],
      ["a:b::c", "a:b", "c", "write"],
    ] as const) {
      assert.deepEqual(addDirectory(text, []), [{ guest, host, access }], text);
    }
    assert.equal(addDirectory("b", addDirectory("a", [])).length, 2);
  });

  it("refuses one without a path", () => {
    for (const text of ["", ":ro", "::/b", "a::", "a:::ro"]) {
      assert.throws(() => addDirectory(text, []), UsageError, text);
    }
  });
});
