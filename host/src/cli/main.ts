/**
 * All of the command `wbpf`; `wbpf run` has a file of its own, {@link ./run-only.js}.
 *
 * @module
 */
import { endWithReader, runCommand } from "./command.js";
import { registerDoctor } from "./doctor.js";
import { registerInspect } from "./inspect.js";
import { registerPolicy } from "./policy.js";
import { registerRun } from "./run.js";
import { registerSign } from "./sign.js";
import { registerVmlinux } from "./vmlinux.js";

/** Commands that work without the codegen, which takes a while to load. */
const OWN_COMMANDS: readonly (string | undefined)[] = [
  "run",
  "inspect",
  "vmlinux",
  "doctor",
  "policy",
  "sign",
  "verify",
];

endWithReader();
await runCommand(async (program) => {
  registerRun(program);
  registerInspect(program);
  registerVmlinux(program);
  registerDoctor(program);
  registerPolicy(program);
  registerSign(program);
  if (!OWN_COMMANDS.includes(process.argv[2])) {
    const { registerCodegen } = await import("./codegen.js");
    await registerCodegen(program);
  }
});
