import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachable } from "./reachable.js";

describe("reachable", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wbpf-reachable-"));
    mkdirSync(join(folder, "inner"));
    writeFileSync(join(folder, "inner/file"), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("goes by the owner's bits for the owner, of the file and of each folder above it", () => {
    const file = join(folder, "inner/file");
    assert.equal(reachable(file), true);
    chmodSync(file, 0o077);
    assert.equal(reachable(file), false);
    chmodSync(file, 0o400);
    chmodSync(join(folder, "inner"), 0o600);
    assert.equal(reachable(file), false);
    chmodSync(join(folder, "inner"), 0o100);
    assert.equal(reachable(file), true);
  });

  it("goes by the others' bits for another's file, whatever root may", function () {
    if (process.getuid?.() !== 0) return this.skip();
    const file = join(folder, "other");
    writeFileSync(file, "");
    chownSync(file, 65534, 65534);
    chmodSync(file, 0o640);
    assert.equal(reachable(file), false);
    chmodSync(file, 0o644);
    assert.equal(reachable(file), true);
  });

  it("says yes to what is not there", () => assert.equal(reachable("/nowhere/at/all"), true));
});
