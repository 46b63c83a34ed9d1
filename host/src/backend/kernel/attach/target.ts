import type { AttachOptions } from "../../backend.js";
import { bpfError } from "../explain/errno.js";
import { interfaceIndex } from "../interfaces.js";

/** `enum bpf_prog_type`, `include/uapi/linux/bpf.h`. */
const SOCKET_FILTER = 1;
const KPROBE = 2;
const SCHED_CLS = 3;
const XDP = 6;
/** CGROUP_SKB, CGROUP_SOCK, SOCK_OPS, CGROUP_DEVICE, CGROUP_SOCK_ADDR, CGROUP_SYSCTL, CGROUP_SOCKOPT. */
const CGROUP_TYPES = new Set([8, 9, 13, 15, 18, 23, 25]);
const EINVAL = 22;

/**
 * A target in one word as options, by the program's type; see `BackendProgram.attach`. `undefined` for types that have no such target.
 * @throws BpfError
 */
export function optionsOfTarget(
  program: { readonly type: number; readonly section: string },
  target: string,
): AttachOptions | undefined {
  if (target === "") return ofSection(program.section);
  if (CGROUP_TYPES.has(program.type)) return { kind: "cgroup", path: target };
  switch (program.type) {
    case XDP:
      return { kind: "xdp", ifindex: interfaceIndex(target) };
    case SOCKET_FILTER:
      return { kind: "socket-filter", ifindex: interfaceIndex(target) };
    case SCHED_CLS:
      return ofTraffic(target);
    case KPROBE:
      return /^u(ret)?probe(\.s)?(\/|$)/.test(program.section)
        ? ofUprobe(program.section, target)
        : undefined;
    default:
      return undefined;
  }
}

/** For sections that say where, but not to every libbpf. */
function ofSection(section: string): AttachOptions | undefined {
  const multi = /^(u(?:ret)?probe)\.(?:multi|session)(?:\.s)?\/(.+):([^:]+)$/.exec(section);
  if (multi === null) return undefined;
  const [, kind, path = "", pattern = ""] = multi;
  return { kind: "uprobe-multi", path, pattern, retprobe: kind === "uretprobe" };
}

function ofTraffic(target: string): AttachOptions {
  const [name = "", direction = "ingress", ...rest] = target.split("/");
  if ((direction !== "ingress" && direction !== "egress") || rest.length > 0) {
    throw bpfError(
      EINVAL,
      `'${target}' is not INTERFACE, INTERFACE/ingress or INTERFACE/egress (EINVAL)`,
    );
  }
  return { kind: "tc", ifindex: interfaceIndex(name), direction };
}

/** Both the target and what follows "uprobe/" in the section are "path:function+offset"; the section may give what the target does not. */
function ofUprobe(section: string, target: string): AttachOptions {
  const colon = target.lastIndexOf(":");
  const path = colon < 0 ? target : target.slice(0, colon);
  const place = (colon < 0 ? section : target).split(":").at(-1) ?? "";
  const parts = /^([^+]+)(?:\+(0x[0-9a-fA-F]+|\d+))?$/.exec(place);
  if (parts === null || (colon < 0 && !section.includes(":"))) {
    throw bpfError(EINVAL, `'${target}' is not PATH:FUNCTION[+OFFSET] (EINVAL)`);
  }
  return {
    kind: "uprobe",
    path,
    function: parts[1] ?? "",
    offset: BigInt(parts[2] ?? 0),
    retprobe: section.startsWith("uret"),
  };
}
