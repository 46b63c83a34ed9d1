import assert from "node:assert/strict";
import { join } from "node:path";
import { kernelSuite } from "../support/kernel.js";
import { build, root, wbpf } from "../support/wbpf.js";

const folder = join(root, "test/fixtures/roundtrip");
const module = join(folder, "build/roundtrip.wasm");

/** What `write_numbers` and `write_parts` of the fixture store, read by the module. */
const WRITTEN = [
  "integers 129 -127 32769 -32768 2147483649 -2147483647 9223372036854775809 -9223372036854775807",
  "names false true SMALL_LOW ABOVE BELOW",
  "bits 0 15 1073741825 549755813887 576460752303423489 false",
  "odd 2 2305843009213693953 4611686018427387905",
  `wide 0x${"f".repeat(31)}d 64424509441 9223372036854775809`,
  "floats 3.25 -2.0 address 4096",
  "inner -32768 64 16777216 outer 78 4294574085",
  "union 170 187 204 221",
  "arrays 1 22 333 -1 20 21",
  "text back again",
];

kernelSuite("values between a module and BPF programs", function () {
  this.timeout(180_000);
  before(() => build(folder));

  it("are what was written, on both sides, for every kind of type", async () => {
    const { code, stdout, stderr } = await wbpf(["run", module]);
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "rodata 1 -1 false BELOW given",
      "request 4000000000 -4000000000 told",
      ...WRITTEN.map((line) => `map ${line}`),
      ...WRITTEN.map((line) => `bss ${line}`),
      "keyed -2 100 16777216",
      "cpus true true",
      "data 1000 -1000 -2 16777216 67305985",
      "data 2 -3 -8 4 3 1541",
      "bss 18364758544493064721 false there",
      // Of the comparisons that the programs make of what the module wrote.
      "wrong 0",
    ]);
    assert.equal(code, 0);
  });
});
