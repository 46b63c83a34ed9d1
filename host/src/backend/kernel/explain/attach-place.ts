import type { AttachOptions } from "../../backend.js";
import { cgroupPath } from "../attach/cgroup.js";
import { interfaceLabel } from "../interfaces.js";

/** Where a program was to be attached, for messages: "tracepoint sched/sched_switch". */
export function placeOf(options: AttachOptions): string {
  switch (options.kind) {
    case "tracepoint":
      return `tracepoint ${options.category}/${options.name}`;
    case "raw-tracepoint":
      return `raw tracepoint ${options.name}`;
    case "kprobe":
      return `the kernel's function ${options.function}${plus(options.offset)}`;
    case "kprobe-multi":
      return options.pattern
        ? `the kernel's functions '${options.pattern}'`
        : `${options.functions?.length ?? 0} functions of the kernel`;
    case "ksyscall":
      return `the system call ${options.name}`;
    case "uprobe":
      return `'${options.path}:${options.function ?? ""}${plus(options.offset)}'`;
    case "uprobe-multi":
      return `functions of '${options.path}'`;
    case "usdt":
      return `the static probe ${options.provider}:${options.name} of '${options.path}'`;
    case "perf-event":
      return `perf event ${options.config} of type ${options.type}`;
    case "trace":
      return "what its section names";
    case "lsm":
      return "its hook";
    case "freplace":
      return `function '${options.function}' of program '${options.target.name}'`;
    case "iter":
      return "its iterator";
    case "xdp":
    case "tcx":
    case "netkit":
      return interfaceLabel(options.ifindex);
    case "tc":
      return `${interfaceLabel(options.ifindex)}, ${options.direction}`;
    case "socket-filter":
      return options.ifindex === 0 ? "all interfaces" : interfaceLabel(options.ifindex);
    case "netfilter":
      return `netfilter hook ${options.hook} of protocol family ${options.protocolFamily}`;
    case "cgroup":
      return `cgroup '${cgroupPath(options.path)}'`;
    case "sockmap":
      return `map '${options.map.name}'`;
    case "netns":
      return options.path === undefined
        ? "the host's network namespace"
        : `network namespace '${options.path}'`;
  }
}

const plus = (offset: bigint | undefined): string =>
  offset === undefined || offset === 0n ? "" : `+${offset}`;
