import type { BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import type { AttachFacts } from "./attach.js";
import { bpfError, errnoOf } from "./errno.js";

/** `enum bpf_prog_type`, `include/uapi/linux/bpf.h`. */
const SOCKET_FILTER = 1;
const KPROBE = 2;
const SCHED_CLS = 3;
const XDP = 6;

/** The sentence for a program that could not be attached to a target, if the target is the reason. */
export function explainTarget(
  failure: NativeFailure,
  program: AttachFacts,
  target: string,
): BpfError | undefined {
  if (target === "") return undefined;
  const why = reason(errnoOf(failure.errno).name, program, target);
  if (why === undefined) return undefined;
  return bpfError(
    failure.errno,
    `cannot attach program '${program.name}' (${program.section}) to '${target}': ${why} (${errnoOf(failure.errno).name})`,
    failure.warnings === "" ? {} : { detail: failure.warnings.trim() },
  );
}

function reason(name: string, { type, section }: AttachFacts, target: string): string | undefined {
  const network = type === XDP || type === SCHED_CLS || type === SOCKET_FILTER;
  const probe = type === KPROBE && /^u(ret)?probe/.test(section);
  switch (name) {
    case "ENODEV":
      return network ? "there is no such network interface; `ip link` lists them" : undefined;
    case "ENOENT":
      if (probe) return "there is no such file, or it has no such function";
      return network ? undefined : "there is no such folder; a cgroup's path was expected";
    case "ENOTDIR":
    case "EBADF":
      return "it is not a cgroup (v2)";
    case "EINVAL":
      if (type === SCHED_CLS && target.includes("/")) {
        return "INTERFACE, INTERFACE/ingress or INTERFACE/egress was expected";
      }
      return probe && !target.includes(":") ? "PATH:FUNCTION[+OFFSET] was expected" : undefined;
    case "EBUSY":
      return type === XDP ? "the interface has an XDP program already" : undefined;
    default:
      return undefined;
  }
}
