/**
 * The codegen's part of the command `wbpf`: `build`, `gen` and `layout`. The host's command loads it when it is installed.
 *
 * @module
 */

import type { Command } from "commander";
import type { FindPermissions } from "../build/options.js";
import { registerLayout } from "../layout/index.js";
import { registerBuild } from "./build-command.js";
import { registerGen } from "./gen-command.js";

/** What the command lends to the codegen. */
export interface CommandContext {
  /** Text of `vmlinux.h` for the running kernel. */
  vmlinuxHeader(): Promise<string>;
  /** What a module asks for; see BuildOptions. */
  findPermissions?: FindPermissions;
}

/** Adds the commands. Failures are thrown as CodegenError: one sentence each, for the caller to print. */
export function register(program: Command, context: CommandContext): void {
  registerBuild(program, context);
  registerGen(program);
  registerLayout(program);
}
