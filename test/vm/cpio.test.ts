import assert from "node:assert/strict";
import { cpio } from "./cpio.js";

/** Reads an archive as `Documentation/driver-api/early-userspace/buffer-format.rst` describes it. */
function read(archive: Buffer): { path: string; mode: number; content: string }[] {
  const entries = [];
  for (let at = 0; at < archive.length; ) {
    assert.equal(archive.toString("latin1", at, at + 6), "070701");
    const field = (index: number) =>
      Number.parseInt(archive.toString("latin1", at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const path = archive.toString("utf8", at + 110, at + 110 + nameSize - 1);
    const start = (at + 110 + nameSize + 3) & ~3;
    entries.push({ path, mode, content: archive.toString("utf8", start, start + size) });
    at = (start + size + 3) & ~3;
  }
  return entries;
}

describe("an initramfs archive", () => {
  it("holds folders, files and programs, and ends with its trailer", () => {
    const archive = cpio([
      { path: "bin" },
      { path: "bin/sh", content: Buffer.from("#!"), executable: true },
      { path: "etc.txt", content: Buffer.from("12345") },
      { path: "empty", content: Buffer.alloc(0) },
    ]);
    assert.equal(archive.length % 4, 0);
    assert.deepEqual(read(archive), [
      { path: "bin", mode: 0o040755, content: "" },
      { path: "bin/sh", mode: 0o100755, content: "#!" },
      { path: "etc.txt", mode: 0o100644, content: "12345" },
      { path: "empty", mode: 0o100644, content: "" },
      { path: "TRAILER!!!", mode: 0, content: "" },
    ]);
  });
});
