import assert from "node:assert/strict";
import { newestKernelPackage } from "./packages.js";

const NAMES = [
  "linux-image-6.1.0-9-amd64",
  "linux-image-6.1.0-47-amd64-unsigned",
  "linux-image-6.1.0-47-amd64",
  "linux-image-6.1.0-48-rt-amd64",
  "linux-image-6.1.0-48-cloud-amd64",
  "linux-image-6.1.0-48-amd64-dbg",
  "linux-image-6.12.107+deb12-amd64",
  "linux-image-6.12.95+deb12-amd64",
  "linux-image-6.12.117+deb12-amd64-unsigned",
  "linux-image-6.12-amd64-dbg",
];

describe("the choice of a kernel package", () => {
  it("is the newest generic one, by number and not by letter", () => {
    assert.equal(newestKernelPackage("6.1", NAMES), "linux-image-6.1.0-47-amd64");
    assert.equal(newestKernelPackage("6.12", NAMES), "linux-image-6.12.117+deb12-amd64-unsigned");
  });

  it("is none where apt has none", () => {
    assert.equal(newestKernelPackage("5.10", NAMES), undefined);
    assert.equal(newestKernelPackage("6.12", []), undefined);
  });
});
