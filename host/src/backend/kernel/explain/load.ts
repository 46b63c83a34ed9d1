import { release } from "node:os";
import type { BpfError } from "../../backend.js";
import type { NativeFailure, NativeMap, NativeProgram } from "../native.js";
import { explainCapabilities } from "./capabilities.js";
import { bpfError, errnoOf } from "./errno.js";
import { olderThan } from "./kernel-release.js";
import { explainMapCreation } from "./map-creation.js";
import { hintFor, readRefusal } from "./verifier.js";
import { lastWarning } from "./warnings.js";

export interface LoadFacts {
  readonly object: string;
  readonly maps: readonly NativeMap[];
  readonly programs: readonly NativeProgram[];
}

interface Failure extends LoadFacts {
  readonly errno: number;
  readonly warnings: string;
  readonly verifier: string;
  /** The program that libbpf was at, if it had come so far. */
  readonly program: NativeProgram | undefined;
}

/** The programs that attach to a function of the kernel, by the word before the first slash of their section; iterators by their whole section. */
const FUNCTION_HOOK = /^(fentry|fexit|fmod_ret|lsm|freplace|iter(?:\.s)?\/\w+)\b/;

/** Tried in order: the first that knows the cause tells it. */
const CAUSES = [mapCreation, missingBtf, unresolved, noProgramType, tooOld, permission, refusal];

/** The sentence for an object that did not load, and everything that libbpf and the verifier said as `detail`. */
export function explainLoad(failure: NativeFailure, facts: LoadFacts): BpfError {
  const { errno, warnings, verifier } = failure;
  const known: Failure = {
    ...facts,
    errno,
    warnings,
    verifier,
    program: programOf(warnings, facts),
  };
  let cause: string | undefined;
  for (const explain of CAUSES) cause ??= explain(known);
  const { name, text } = errnoOf(errno);
  cause ??= `${lastWarning(warnings) ?? text} (${name})`;
  const detail = [verifier.trim(), warnings.trim()].filter((part) => part !== "").join("\n");
  return bpfError(
    errno,
    `cannot load BPF object '${facts.object}': ${cause}`,
    detail === "" ? {} : { detail },
  );
}

function programOf(warnings: string, { programs }: LoadFacts): NativeProgram | undefined {
  const name = [...warnings.matchAll(/^libbpf: prog '([^']+)': /gm)].at(-1)?.[1];
  return programs.find((program) => program.name === name);
}

function mapCreation({ warnings, maps }: Failure): string | undefined {
  const found = /map '([^']+)': failed to create: .*\(-(\d+)\)/.exec(warnings);
  if (found === null) return undefined;
  const [, name, errno] = found;
  const map = maps.find((declared) => declared.name === name);
  return `map '${name}' could not be created: ${explainMapCreation(map, Number(errno))}`;
}

function missingBtf({ warnings }: Failure): string | undefined {
  if (!/failed to find valid kernel BTF|Error loading vmlinux BTF/.test(warnings)) return undefined;
  return "it needs the kernel's types, and this kernel has no BTF (/sys/kernel/btf/vmlinux): it was built without CONFIG_DEBUG_INFO_BTF";
}

function unresolved({ warnings, errno, program }: Failure): string | undefined {
  const { name } = errnoOf(errno);
  const missingFunction = /failed to find kernel BTF type ID of '([^']+)'/.exec(warnings)?.[1];
  if (missingFunction !== undefined) {
    const who =
      program === undefined ? "a program" : `program '${program.name}' (${program.section})`;
    return `${who} attaches to '${missingFunction}', which this kernel does not have (${name})`;
  }
  const external = /extern (?:\(\w+ ksym\) )?'([^']+)'.*(?:not resolved|not found)/.exec(
    warnings,
  )?.[1];
  if (external === undefined) return undefined;
  const advice = external.startsWith("CONFIG_")
    ? "the kernel's configuration does not set it, or could not be read (/proc/config.gz, /boot/config-*)"
    : "this kernel does not have it";
  return `extern '${external}' was not found: ${advice}; declare it __weak if the program can do without (${name})`;
}

function noProgramType({ warnings, program }: Failure): string | undefined {
  if (program === undefined || !/missing BPF prog type/.test(warnings)) return undefined;
  return `program '${program.name}' has a section name that libbpf does not know: SEC("${program.section}") (EINVAL)`;
}

/** Program types by the Linux release that brought them: `enum bpf_prog_type`, those that are newer than the oldest kernel with BTF. */
const TYPE_SINCE: Readonly<Record<number, string>> = {
  28: "5.6",
  29: "5.7",
  30: "5.9",
  31: "5.14",
  32: "6.4",
};

function tooOld({ errno, program, verifier }: Failure): string | undefined {
  const since = program && TYPE_SINCE[program.type];
  if (since === undefined || verifier !== "" || !olderThan(since)) return undefined;
  return `program '${program?.name}' (${program?.section}): this kernel is Linux ${release()}, and that needs ${since} or newer (${errnoOf(errno).name})`;
}

function permission({ errno, program, programs, verifier }: Failure): string | undefined {
  const { name } = errnoOf(errno);
  if (name !== "EPERM" && name !== "EACCES") return undefined;
  // What the verifier gave a reason for is not a matter of permission, though the errno may be the same.
  if (readRefusal(verifier, program?.name) !== undefined) return undefined;
  const who = program === undefined ? "" : `program '${program.name}' (${program.section}): `;
  const loaded = programs.filter(({ autoload }) => autoload).map(({ type }) => type);
  const lacking = explainCapabilities(loaded);
  if (lacking !== undefined) return `${who}${lacking} (${name})`;
  const hook = program && FUNCTION_HOOK.exec(program.section)?.[1];
  if (hook !== undefined) {
    const advice = hook.startsWith("iter") ? "" : "; use a tracepoint instead";
    return `${who}this kernel refuses ${hook} programs, although the process may load BPF: it is locked down, or built without them${advice} (${name})`;
  }
  return program === undefined
    ? undefined
    : `${who}the kernel refuses it, although the process has the capabilities for it: a lockdown, a seccomp filter or a security module may forbid it (${name})`;
}

function refusal({ verifier, program, errno, warnings }: Failure): string | undefined {
  const found = readRefusal(verifier, program?.name);
  if (found === undefined) {
    if (program === undefined) return undefined;
    const { name, text } = errnoOf(errno);
    const why = lastWarning(warnings)?.replace(`prog '${program.name}': `, "") ?? text;
    return `program '${program.name}' (${program.section}): ${why} (${name})`;
  }
  const who =
    program === undefined ? "a program" : `program '${program.name}' (${program.section})`;
  const hint = hintFor(found.reason);
  return [
    `the kernel's verifier refused ${who}: ${found.reason} (${errnoOf(errno).name})`,
    ...(found.source === undefined ? [] : [`  at ${found.source}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    "  the last lines of its log:",
    ...found.lastLines.map((line) => `    ${line}`),
  ].join("\n");
}
