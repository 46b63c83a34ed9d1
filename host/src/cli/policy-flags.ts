import type { Command } from "commander";
import { Option } from "commander";
import { UsageError } from "../errors.js";
import type { Policy } from "../policy/model/policy.js";

/** Flags of `wbpf run` that say what the module may do. */
export interface PolicyFlags {
  readonly policy?: string;
  readonly allow?: readonly string[];
  readonly allowAll?: boolean;
  readonly mode?: Policy["mode"];
}

export const POLICY_HELP = `
A module may do what its policy grants; --allow adds to that, without a policy to printing:
  --allow TYPE[.s][/MODE][=TARGET]   programs of a type, such as tracepoint=sched/*, xdp/native=eth0,
                                     uprobe=/usr/bin/bash:readline, lsm.s (sleepable) or kprobe (anywhere)
  --allow map[=TYPE]                 maps, such as map=hash; create-maps: at run time as well; freeze
  --allow enforcement=EFFECT         drop, deny, redirect, replace, write_user, override_return, send_signal …
  --allow helper=NAME, kfunc=NAME    functions that programs call
  --allow read=PATH, write=PATH      a file; env=NAME: a variable; symbols=PATH: a binary's symbols
  --allow pin=NAME, shared-pin=PATH  pins in the BPF file system
  --allow stdout, stderr, clock, random, arguments, metrics, kallsyms, test-run, stats
'*' in a value stands for any characters but '/', '**' for any. The flag is repeatable.`;

/** Adds the flags to a command. */
export const addPolicyFlags = (command: Command): Command =>
  command
    .option("--policy <file>", "what the module may do, as docs/policy.md describes it")
    .option(
      "--allow <grant>",
      "grant one thing more (repeatable), see below",
      (grant: string, before: readonly string[] = []) => [...before, grant],
    )
    .option("--allow-all", "let the module do everything: for development")
    .addOption(
      new Option(
        "--mode <mode>",
        "enforce: deny what is not granted; audit: only record it",
      ).choices(["enforce", "audit"]),
    );

/**
 * The policy that the flags mean; `undefined`: there are none.
 * @throws UsageError, PolicyError
 */
export async function policyOfFlags(flags: PolicyFlags): Promise<Policy | undefined> {
  const { policy: file, allow = [], allowAll, mode } = flags;
  if (allowAll) {
    const other = file !== undefined ? "--policy" : allow.length > 0 ? "--allow" : mode && "--mode";
    if (other !== undefined) {
      throw new UsageError(`--allow-all grants everything; leave out ${other}, or --allow-all`);
    }
    const { ALLOW_ALL } = await import("../policy/model/defaults.js");
    return ALLOW_ALL;
  }
  if (file === undefined && allow.length === 0 && mode === undefined) return undefined;
  const { buildPolicy } = await import("../policy/file/build.js");
  return buildPolicy(file, allow, mode);
}
