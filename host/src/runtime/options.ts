import type { CapabilityPlan } from "../capabilities/plan.js";
import { UsageError } from "../errors.js";
import type { AuditSink } from "../policy/audit/record.js";
import type { Policy } from "../policy/model/policy.js";
import type { FileGrant } from "../wasi/files/grant.js";
import type { SharedThread } from "./shared/shared-thread.js";

/** Where an output stream of a module goes: to the same stream of this process, or to a function that gets each piece as the module writes it. */
export type OutputTarget = "inherit" | ((bytes: Uint8Array) => void);

/** How a module is started. */
export interface StartOptions {
  /** Its arguments, without its name. Default: none. */
  readonly args?: readonly string[];
  /** The environment variables that it may see. Default: none; those of this process are never passed by themselves. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files and directories of the host that it may reach. Default: none. A policy takes from them what it does not grant. */
  readonly files?: readonly FileGrant[];
  /** Default: `"inherit"`. */
  readonly stdout?: OutputTarget;
  /** Default: `"inherit"`. */
  readonly stderr?: OutputTarget;
  /** Whether the verifier's whole log is written to stderr when a program is refused. The module itself only gets its last lines. Default: `false`. */
  readonly verbose?: boolean;
  /** Asks the module to stop when it is aborted, as {@link Running.stop}. */
  readonly signal?: AbortSignal;
  /** How long after {@link Running.stop} a module may go on before it is ended, in milliseconds; `Infinity`: as long as it likes. Default: 2000. */
  readonly graceMs?: number;
  /** What it may do. Default: print, and nothing else. */
  readonly policy?: Policy;
  /** Gets a record of each use of a grant and of each denial, in order, before {@link Running.finished} resolves. It must not throw. Default: nobody. */
  readonly audit?: AuditSink;
  /**
   * The Linux capabilities that this process keeps; the others are given up for good, in every thread, before anything of the module runs. For programs that do
   * nothing but run this one module, as `wbpf run` does. Default: nothing is given up.
   */
  readonly capabilities?: CapabilityPlan;
  /** What runs its BPF programs: `"kernel"`, or the URL of an ES module that exports `createBackend(): Backend`. Default: `"kernel"`. */
  readonly backend?: string;
  /** The thread that it shares with other modules; it was built with `wbpf build --shared`. Default: one of its own. */
  readonly thread?: SharedThread;
}

/** Longest delay of a timer in Node; above it, it fires at once. */
export const MAX_TIMER = 2 ** 31 - 1;

/** @throws {@link UsageError} for an option that makes no sense */
export function checkOptions(options: StartOptions): void {
  const { graceMs = 0 } = options;
  if (!(graceMs >= 0) || (graceMs > MAX_TIMER && graceMs !== Infinity)) {
    throw new UsageError(`graceMs is ${graceMs}; milliseconds from 0 were expected`);
  }
  options.args?.forEach((arg, i) => {
    if (arg.includes("\0")) throw new UsageError(`argument ${i + 1} contains a NUL character`);
  });
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (name === "" || /[=\0]/.test(name)) {
      throw new UsageError(`'${name}' is not a name for an environment variable`);
    }
    if (value.includes("\0")) throw new UsageError(`variable ${name} contains a NUL character`);
  }
}
