import assert from "node:assert/strict";
import { compareWithC } from "./testing/oracle.js";
import { Random } from "./testing/random.js";
import { StructMaker } from "./testing/structs.js";

describe("layouts of random structs, against C", function () {
  this.timeout(60_000);

  for (const [byteOrder, seed] of [
    ["little", 1],
    ["little", 2],
    ["big", 3],
  ] as const) {
    it(`agree on sizes, offsets, every bit and values (${byteOrder}-endian, seed ${seed})`, () => {
      const random = new Random(seed);
      const maker = new StructMaker(random);
      const structs = Array.from({ length: 120 }, () => maker.make());
      const fields = compareWithC(structs, random, byteOrder);
      assert.ok(fields > 500, `only ${fields} fields`);
    });
  }
});
