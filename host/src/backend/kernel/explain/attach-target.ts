import { existsSync } from "node:fs";
import { suggestion } from "../../../module/near-names.js";
import type { AttachOptions } from "../../backend.js";
import { cgroupPath } from "../attach/cgroup.js";
import { binaryPath, functionNames } from "../attach/functions.js";
import type { NativeFailure } from "../native.js";
import { kernelFunctions, rawTracepoints, tracefs, tracepointAdvice } from "./kernel-names.js";

/** Why a place could not be used, where the place itself is the reason. */
export function missingTarget(
  name: string,
  failure: NativeFailure,
  options: AttachOptions,
): string | undefined {
  switch (options.kind) {
    case "tracepoint":
      return name === "ENOENT" ? tracepointAdvice(options.category, options.name) : undefined;
    case "raw-tracepoint":
      return name === "ENOENT"
        ? `this kernel has no raw tracepoint ${options.name}${suggestion(options.name, rawTracepoints(), "raw tracepoints")}`
        : undefined;
    case "kprobe":
      return name === "ENOENT" || name === "EADDRNOTAVAIL"
        ? kprobeAdvice(options.function)
        : undefined;
    case "kprobe-multi":
      return kprobeMultiAdvice(name, options.pattern);
    case "ksyscall":
      return name === "ENOENT" ? kprobeAdvice(`sys_${options.name}`) : undefined;
    case "uprobe":
    case "usdt":
      return binaryAdvice(name, options);
    case "perf-event":
      return perfAdvice(name, options);
    case "cgroup":
      return cgroupAdvice(name, cgroupPath(options.path));
    case "netns":
      return netnsAdvice(name, failure, options.path);
    case "xdp":
    case "tc":
    case "tcx":
    case "netkit":
    case "socket-filter":
      return interfaceAdvice(name, options);
    case "netfilter":
      return netfilterAdvice(name);
    case "sockmap":
      return sockmapAdvice(name);
    case "lsm":
      return name === "EINVAL" ? "its hook was not chosen before load" : undefined;
    case "freplace":
      return name === "ENOENT" || name === "ESRCH"
        ? `program '${options.target.name}' has no function '${options.function}' that can be replaced`
        : undefined;
    default:
      return undefined;
  }
}

function kprobeAdvice(wanted: string): string {
  const folder = tracefs();
  if (!existsSync("/sys/bus/event_source/devices/kprobe")) {
    if (folder === undefined) {
      return "tracefs is not mounted: `mount -t tracefs tracefs /sys/kernel/tracing`";
    }
    if (!existsSync(`${folder}/kprobe_events`)) {
      return "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)";
    }
  }
  return `this kernel has no function ${wanted} that can be probed${suggestion(wanted, kernelFunctions(), "functions")}`;
}

function kprobeMultiAdvice(name: string, pattern: string | undefined): string | undefined {
  if (name === "EOPNOTSUPP")
    return "this kernel cannot probe many functions at once (CONFIG_FPROBE)";
  if (name !== "ENOENT" && name !== "ESRCH") return undefined;
  return pattern
    ? `this kernel has no function that matches '${pattern}' and can be probed`
    : "this kernel does not have one of the functions, or it cannot be probed";
}

function binaryAdvice(
  name: string,
  options: Extract<AttachOptions, { kind: "uprobe" | "usdt" }>,
): string | undefined {
  const path = binaryPath(options.path);
  if (!existsSync(path)) return "there is no such file";
  if (options.kind === "usdt") {
    return name === "ENOENT"
      ? "the file has no such static probe; `readelf -n` lists those that it has"
      : undefined;
  }
  if (name === "ENOENT" && options.function) {
    return `the file has no function '${options.function}'${suggestion(options.function, functionNames(path), "functions")}`;
  }
  return name === "ESRCH" ? `there is no process ${options.pid}` : undefined;
}

/** The software events count on every machine; those of the processor need one that counts, which many virtual machines have not. */
function perfAdvice(
  name: string,
  { type, pid, cpu }: Extract<AttachOptions, { kind: "perf-event" }>,
): string | undefined {
  switch (name) {
    case "ENOENT":
    case "EOPNOTSUPP":
      return type === 1 || type === 2
        ? "this kernel has no such event"
        : "this machine's processor does not count such events, as in many virtual machines; use the software clock (type 1, config 0)";
    case "ESRCH":
      return `there is no process ${pid}`;
    case "ENODEV":
      return `there is no CPU ${cpu} that is online`;
    case "EINVAL":
      return "the kernel knows no such event, or not with this period or frequency";
    default:
      return undefined;
  }
}

function cgroupAdvice(name: string, path: string): string | undefined {
  switch (name) {
    case "ENOENT":
      return "there is no such cgroup";
    case "ENOTDIR":
    case "EBADF":
      return "that is not a cgroup (version 2)";
    default:
      return existsSync(`${path}/cgroup.procs`) ? undefined : "that is not a cgroup (version 2)";
  }
}

function netnsAdvice(name: string, { message }: NativeFailure, path = ""): string | undefined {
  if (message === "open") return `there is no such file ('${path}')`;
  switch (name) {
    case "EINVAL":
      return "that is not a network namespace";
    // E2BIG: "more than one" (netns_bpf_link_create in the kernel's net_namespace.c).
    case "E2BIG":
    case "EEXIST":
    case "EBUSY":
      return "the namespace has such a program already, and admits only one";
    default:
      return undefined;
  }
}

function interfaceAdvice(name: string, { kind }: AttachOptions): string | undefined {
  switch (name) {
    case "ENODEV":
    case "ENXIO":
      return "there is no such network interface";
    case "EBUSY":
      return "the interface has another program there already";
    case "EEXIST":
      return kind === "xdp"
        ? "the interface has an XDP program already"
        : "the program is attached there already";
    case "EOPNOTSUPP":
      return kind === "xdp"
        ? "the interface's driver has no XDP of that mode; flags 2 asks for the generic one"
        : undefined;
    case "EACCES":
    case "EINVAL":
      return kind === "netkit" ? "that takes the primary interface of a netkit pair" : undefined;
    default:
      return undefined;
  }
}

function netfilterAdvice(name: string): string | undefined {
  switch (name) {
    case "EAFNOSUPPORT":
    case "EPROTONOSUPPORT":
      return "the protocol family is 2 (IPv4) or 10 (IPv6)";
    case "EINVAL":
      return "the hook is 0 to 4, the flags are 0 or 1, and 1 wants a priority above -400";
    case "ERANGE":
      return "the kernel keeps the lowest and the highest priority for itself";
    case "EBUSY":
      return "another program has that hook and that priority";
    default:
      return undefined;
  }
}

function sockmapAdvice(name: string): string | undefined {
  switch (name) {
    case "EBUSY":
      return "the map has such a program already; a stream verdict and a verdict exclude each other";
    case "EINVAL":
    case "EOPNOTSUPP":
      return 'that takes a sockmap or a sockhash, and a program in SEC("sk_skb/…") or SEC("sk_msg")';
    default:
      return undefined;
  }
}
