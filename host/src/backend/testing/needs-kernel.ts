import { BpfError } from "../backend.js";
import { withGuest } from "../conformance/guest.js";
import { KernelBackend } from "../kernel/kernel-backend.js";
import { compileTestObject } from "./compile.js";

/** Why no BPF program can be loaded here; `undefined` if one can. */
function obstacle(): string | undefined {
  try {
    withGuest(new KernelBackend(), (guest) => guest.load(compileTestObject("attach")));
    return undefined;
  } catch (error) {
    if (error instanceof BpfError) return error.message;
    throw error;
  }
}

/** For mocha's `before`: skips the suite, with the reason, where BPF cannot be used. In CI that is a failure. */
export function needsKernel(this: Mocha.Context): void {
  const reason = obstacle();
  if (reason === undefined) return;
  if (process.env.CI) throw new Error(`BPF must work in CI: ${reason}`);
  console.log(`    skipped: ${reason}`);
  this.skip();
}
