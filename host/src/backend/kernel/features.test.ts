import assert from "node:assert/strict";
import { kernelVersion, probeMapType, probeProgramType } from "./features.js";

describe("features of the kernel", () => {
  it("reads a version as the kernel's own macro writes it", () => {
    assert.equal(kernelVersion("6.18.0-rc1"), 0x061200);
    assert.equal(kernelVersion("6.1.0-31-amd64"), 0x060100);
    assert.equal(kernelVersion("4.19.300"), 0x0413ff);
    assert.equal(kernelVersion("5.10.0+"), 0x050a00);
  });

  it("knows nothing of types that have no number", () => {
    assert.equal(probeMapType(4_000_000_000), false);
    assert.equal(probeProgramType(4_000_000_000), false);
  });
});
