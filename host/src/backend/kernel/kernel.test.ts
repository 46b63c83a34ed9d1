import { backendConforms } from "../conformance.js";
import { StopSignal } from "../stop.js";
import { compileTestObject } from "../testing/compile.js";
import { needsKernel } from "../testing/needs-kernel.js";
import { KernelBackend } from "./kernel-backend.js";

describe("the kernel as a backend", () => {
  before(needsKernel);

  backendConforms({
    describe,
    it,
    backend: new KernelBackend(),
    object: compileTestObject,
    stop: () => new StopSignal(),
  });
});
