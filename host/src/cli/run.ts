import { constants } from "node:os";
import type { Command } from "commander";
import { UsageError } from "../errors.js";
import { MetricFile } from "../metrics/file.js";
import { Module } from "../module/module.js";
import { AuditFile } from "../policy/audit/file.js";
import type { AuditRecord } from "../policy/audit/record.js";
import type { Result } from "../runtime/result.js";
import type { Running } from "../runtime/running.js";
import type { FileGrant } from "../wasi/files/grant.js";
import { capabilityPlan } from "./capabilities.js";
import { addDirectory } from "./dir-flag.js";
import { needsPolicy } from "./needs-policy.js";
import { addPolicyFlags, POLICY_HELP, type PolicyFlags, policyOfFlags } from "./policy-flags.js";
import { reportFailure, say } from "./report.js";
import { checkRolesFlags, decideByRoles, onlyOnce } from "./roles-flag.js";

interface RunFlags extends PolicyFlags {
  readonly roles?: string;
  readonly verbose?: boolean;
  readonly grace: number;
  readonly env: Readonly<Record<string, string>>;
  readonly dir: readonly FileGrant[];
  readonly backend: string;
  readonly audit?: string;
  readonly keepCapabilities?: boolean;
  readonly metrics?: string;
}

const EXAMPLES = `
Examples:
  sudo wbpf run --policy bootstrap.policy.yaml bootstrap.wasm   run a tool until Ctrl-C
  sudo wbpf run --allow-all bootstrap.wasm        let it do everything: for development
  sudo wbpf run bootstrap.wasm --min-duration 50  what follows the module is for the module
  sudo wbpf run --verbose broken.wasm             show the verifier's whole log
  sudo wbpf run --env HOME --env MODE=fast x.wasm pass environment variables
  sudo wbpf run --dir /etc/x:ro --dir .::/out x.wasm   open files: /etc/x to read, this folder as /out

The exit code is the module's own. 1: it could not run, or it trapped. 2: wrong usage.
130 or 143: it did not stop on Ctrl-C or SIGTERM and was ended. 152: it reached a limit of its policy and was ended.`;

/** As a shell reports a program that SIGXCPU ended: it was over a limit of its time. */
const LIMIT_EXIT_CODE = 128 + constants.signals.SIGXCPU;

/** Adds `wbpf run`. */
export function registerRun(program: Command): void {
  const command = program
    .command("run")
    .description("run a module until it ends or is stopped")
    .argument("<module.wasm>", "the module, as `wbpf build` makes it")
    .argument("[args...]", "arguments of the module, passed on untouched")
    .option("-v, --verbose", "show the verifier's whole log when a program is refused")
    .option(
      "--grace <ms>",
      "time to finish after Ctrl-C, then the module is ended",
      parseGrace,
      2000,
    )
    .option("--env <NAME[=VALUE]>", "let the module see a variable (repeatable)", addVariable, {})
    .option(
      "--audit <file>",
      "append a record of each grant that is used and each denial; -: stderr",
    )
    .option(
      "--dir <HOST[::GUEST][:ro]>",
      "let the module reach a directory or a file of the host (repeatable)",
      addDirectory,
      [],
    )
    .option("--metrics <file>", "keep a file with the module's metrics, as Prometheus reads them")
    .option("--backend <name>", "what runs the BPF programs", "kernel")
    .option("--keep-capabilities", "keep every Linux capability of this process, for debugging");
  addPolicyFlags(command)
    .option(
      "--roles <file>",
      "who may run which modules, as docs/permissions/roles.md describes it",
      onlyOnce,
    )
    .passThroughOptions()
    .addHelpText("after", POLICY_HELP + EXAMPLES)
    .action(async (file: string, args: string[], flags: RunFlags, self: Command) => {
      checkRolesFlags(self);
      const chosen = await policyOfFlags(flags);
      const module = await Module.load(file);
      const decided =
        flags.roles === undefined ? undefined : await decideByRoles(flags.roles, file, module);
      const policy = decided?.policy ?? chosen;
      if (policy === undefined && (await needsPolicy(file, module))) return;
      if (policy?.allowAll) {
        say(`--allow-all: no policy is in force; ${module.name} may do whatever this user may`);
      }
      const audits = [flags.audit, decided?.audit]
        .filter((name) => name !== undefined)
        .map((name) => new AuditFile(name, say));
      const capabilities = flags.keepCapabilities
        ? undefined
        : await capabilityPlan(module, policy, flags.verbose ? say : undefined);
      const metrics = flags.metrics === undefined ? undefined : new MetricFile(flags.metrics, say);
      const running = module.start({
        args,
        env: flags.env,
        files: flags.dir,
        verbose: flags.verbose ?? false,
        graceMs: flags.grace,
        backend: flags.backend,
        ...(policy !== undefined && { policy }),
        ...(audits.length > 0 && {
          audit: (record: AuditRecord) => {
            for (const { sink } of audits) sink(record);
          },
        }),
        ...(capabilities !== undefined && { capabilities }),
      });
      metrics?.start(() => running.metrics());
      const signal = new SignalWatch(running);
      const result = await running.finished;
      signal.dispose();
      metrics?.close();
      for (const audit of audits) audit.close();
      finish(module.name, result, signal.received, flags.grace);
    });
}

function finish(
  name: string,
  result: Result,
  signal: NodeJS.Signals | undefined,
  graceMs: number,
): void {
  switch (result.kind) {
    case "exit":
      process.exitCode = result.exitCode & 0xff;
      break;
    case "trap":
    case "failed":
      reportFailure(result.error);
      break;
    case "killed":
      if (result.reason === "limit") {
        const { message, rule } = result.limit;
        say(`${name} was ended: ${message} (${rule})`);
        process.exitCode = LIMIT_EXIT_CODE;
        break;
      }
      if (result.reason === "grace-over") {
        say(`${name} did not stop within ${graceMs} ms and was ended`);
      }
      // As a shell reports a program that such a signal ended.
      process.exitCode =
        128 +
        constants.signals[signal ?? (result.reason === "broken-pipe" ? "SIGPIPE" : "SIGTERM")];
      break;
  }
}

/** The first signal asks the module to stop, the second ends it. */
class SignalWatch {
  static readonly #signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  /** The first that came. */
  received: NodeJS.Signals | undefined;
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
    for (const name of SignalWatch.#signals) process.on(name, this.#receive);
  }

  dispose(): void {
    for (const name of SignalWatch.#signals) process.off(name, this.#receive);
  }

  readonly #receive = (name: NodeJS.Signals): void => {
    if (this.received === undefined) this.#running.stop();
    else this.#running.kill();
    this.received ??= name;
  };
}

function parseGrace(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError(`--grace '${text}': a number of milliseconds was expected, such as 2000`);
  }
  return Number(text);
}

function addVariable(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  const value = at < 0 ? process.env[name] : text.slice(at + 1);
  // As in `docker run --env`: a variable that is not set is not passed.
  return value === undefined ? before : { ...before, [name]: value };
}
