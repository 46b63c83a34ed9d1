import { backendConforms } from "../conformance.js";
import { StopSignal } from "../stop.js";
import { compileTestObject } from "../testing/compile.js";
import { KernelBackend } from "./kernel-backend.js";

backendConforms({
  describe,
  it,
  backend: new KernelBackend(),
  object: compileTestObject,
  stop: () => new StopSignal(),
});
