import { existsSync } from "node:fs";
import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { explainCapabilities, explainCapability } from "./capabilities.js";
import { bpfError, errnoOf } from "./errno.js";
import { lastWarning } from "./warnings.js";

export interface AttachFacts {
  readonly name: string;
  readonly section: string;
  readonly type: number;
}

/** Where tracefs is mounted: Documentation/trace/ftrace.rst. The second is the older place, inside debugfs. */
const TRACEFS = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** What a program's section cannot name, by the section's first word. */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [/^xdp/, "a network interface"],
  [/^(tc|tcx|classifier|action|netkit)\b/, "a network interface"],
  [/^netfilter\b/, "a hook and a priority"],
  [/^perf_event\b/, "a perf event"],
  [/^(cgroup|sockops)/, "a cgroup"],
  [/^sk_(skb|msg)/, "a socket map"],
  [/^(sk_lookup|flow_dissector)/, "a network namespace"],
  [/^(socket|sk_reuseport)/, "a socket"],
  [/^(freplace|struct_ops)/, "the program or map that it stands in for"],
  [/^u(ret)?probe/, 'a file and a function, as in SEC("uprobe//bin/bash:readline")'],
  [/^usdt/, 'a file, a provider and a name, as in SEC("usdt//bin/tool:provider:name")'],
  [/^k(ret)?probe/, 'a function, as in SEC("kprobe/do_unlinkat")'],
  [/^(tp|tracepoint)$/, 'a category and a name, as in SEC("tracepoint/sched/sched_process_exec")'],
  [/^(raw_tp|raw_tracepoint)/, 'a name, as in SEC("raw_tracepoint/sys_enter")'],
];

/** The sentence for a program that could not be attached by its section. */
export function explainAttach(failure: NativeFailure, program: AttachFacts): BpfError {
  const { errno, warnings } = failure;
  const cause = causeOf(errno, warnings, program);
  const { name, text } = errnoOf(errno);
  const why = cause ?? `${lastWarning(warnings)?.replace(`prog '${program.name}': `, "") ?? text}`;
  return bpfError(
    errno,
    `cannot attach program '${program.name}' (${program.section}): ${why} (${name})`,
    warnings === "" ? {} : { detail: warnings.trim() },
  );
}

function causeOf(errno: number, warnings: string, program: AttachFacts): string | undefined {
  const { section, type } = program;
  switch (errnoOf(errno).name) {
    case "EBADF":
      return "it is not loaded, or its object was closed";
    case "EOPNOTSUPP": {
      if (/^syscall/.test(section))
        return "such a program is never attached: it is run by test-run";
      const need = NEEDS.find(([pattern]) => pattern.test(section))?.[1];
      return need === undefined
        ? "libbpf cannot attach it by its section"
        : `its section alone does not say where: it needs ${need}`;
    }
    case "EPERM":
    case "EACCES":
      return explainCapabilities([type]) ?? unreadableTracefs(warnings);
    case "EEXIST":
      return /^raw_(tp|tracepoint)/.test(section)
        ? "it is attached there already, and before Linux 6.10 a program attaches to a raw tracepoint once only"
        : undefined;
    case "ENOENT":
      return missingTarget(section, warnings);
    default:
      return undefined;
  }
}

/** A tracepoint has a number, which stands in a file. */
export function unreadableTracefs(warnings: string): string | undefined {
  if (!/determine tracepoint/.test(warnings)) return undefined;
  const lacks = explainCapability("CAP_DAC_READ_SEARCH");
  return lacks && `tracefs cannot be read by this user, and ${lacks}`;
}

function missingTarget(section: string, warnings: string): string | undefined {
  const tracefs = TRACEFS.find((folder) => existsSync(`${folder}/events`));
  const kind =
    /^(tp|tracepoint|kprobe|kretprobe|ksyscall|kretsyscall|raw_tp|raw_tracepoint)\b/.exec(
      section,
    )?.[1];
  const target = section.slice(section.indexOf("/") + 1);
  switch (kind) {
    case "tp":
    case "tracepoint":
      return tracefs === undefined
        ? "tracefs is not mounted: `mount -t tracefs tracefs /sys/kernel/tracing`"
        : `this kernel has no tracepoint ${target}: ${tracefs}/available_events lists those that it has`;
    case "raw_tp":
    case "raw_tracepoint":
      return `this kernel has no raw tracepoint ${target}`;
    case "kprobe":
    case "kretprobe":
    case "ksyscall":
    case "kretsyscall":
      if (existsSync("/sys/bus/event_source/devices/kprobe")) {
        return `this kernel has no function ${target} that can be probed`;
      }
      return tracefs === undefined || existsSync(`${tracefs}/kprobe_events`)
        ? undefined
        : "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)";
    default:
      return lastWarning(warnings);
  }
}
