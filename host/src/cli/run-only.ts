/**
 * `wbpf run` without the other commands: a tool should be up at once.
 *
 * @module
 */
import { runCommand } from "./command.js";
import { registerRun } from "./run.js";

await runCommand(registerRun);
