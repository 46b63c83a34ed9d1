import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mapObjectSource } from "../../testing/map-object.js";

describe("MapObject", () => {
  it("carries the object that its generator makes", () => {
    const written = readFileSync(new URL("map_object_bytes.ts", import.meta.url), "utf8");
    assert.equal(
      written,
      mapObjectSource(),
      "write it anew: node --import tsx sdk/testing/map-object.ts",
    );
  });
});
