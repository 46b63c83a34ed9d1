import { statSync } from "node:fs";
import type {
  AttachOptions,
  UprobeMultiOptions,
  UprobeOptions,
  UsdtOptions,
} from "../../backend/attach/options.js";
import { cgroupPath } from "../../backend/kernel/attach/cgroup.js";
import { binaryPath } from "../../backend/kernel/attach/functions.js";
import { interfaceName } from "../../backend/kernel/interfaces.js";
import { HeldPath } from "./held-path.js";
import { hookName, perfEventName, xdpMode } from "./place-names.js";

/** What is known of the program that is attached. */
export interface Attached {
  readonly name: string;
  /** As a policy names it; see `policyTypeOf`. */
  readonly type: string;
  /** What it was made for before the load, by its section or later. */
  readonly madeFor: string | undefined;
  /** The mode that its section says. */
  readonly mode: string | undefined;
}

/** A place to attach to, looked up once. */
export interface Place {
  /** As a policy names it. */
  readonly type: string;
  readonly targets: readonly (string | undefined)[];
  readonly mode?: string | undefined;
  /** Files that the host opens on the module's behalf beside the target. */
  readonly files: readonly string[];
  /** The same place for the backend, by what was looked up. */
  readonly options: AttachOptions;
  readonly held: HeldPath | undefined;
}

/** Looks up where options lead. What is held has to be closed. */
export function placeOf(options: AttachOptions, program: Attached): Place {
  const at = (type: string, target: string | undefined, mode?: string): Place => ({
    type,
    targets: [target],
    mode,
    files: [],
    options,
    held: undefined,
  });
  switch (options.kind) {
    case "tracepoint":
      return at("tracepoint", `${options.category}/${options.name}`);
    case "raw-tracepoint":
      // A tracing program is attached by the same call, to what it was loaded for.
      return program.madeFor === undefined || program.type.startsWith("raw_")
        ? at(program.type, options.name)
        : at(program.type, program.madeFor);
    case "kprobe":
      return at("kprobe", withOffset(options.function, options.offset));
    case "kprobe-multi":
      return { ...at("kprobe_multi", undefined), targets: either(options) };
    case "ksyscall":
      return at("ksyscall", options.name);
    case "uprobe":
      return inFile(options, binaryPath(options.path), "uprobe", [
        options.function
          ? withOffset(options.function, options.offset)
          : hexadecimal(options.offset ?? 0n),
      ]);
    case "uprobe-multi":
      return inFile(options, binaryPath(options.path), "uprobe_multi", [
        ...either(options),
        ...(options.offsets ?? []).map(hexadecimal),
      ]);
    case "usdt":
      return inFile(options, binaryPath(options.path), "usdt", [
        `${options.provider}:${options.name}`,
      ]);
    case "perf-event":
      return at("perf_event", perfEventName(options.type, options.config));
    case "trace":
    case "lsm":
      return at(program.type, program.madeFor);
    case "freplace":
      return at("freplace", `${options.target.name}:${options.function}`);
    case "iter": {
      const place = at("iter", program.madeFor);
      if (options.cgroup === undefined) return place;
      const held = HeldPath.open(cgroupPath(options.cgroup));
      const cgroup = held?.path ?? options.cgroup;
      const files = [held?.real ?? cgroupPath(options.cgroup)];
      return { ...place, files, options: { ...options, cgroup }, held };
    }
    case "xdp":
      return at("xdp", interfaceTarget(options.ifindex), xdpMode(options.flags ?? 0));
    case "tc":
      return at("tc", interfaceTarget(options.ifindex), options.direction);
    case "tcx":
      return at("tcx", interfaceTarget(options.ifindex), options.direction ?? program.mode);
    case "netkit":
      return at("netkit", interfaceTarget(options.ifindex), options.side ?? program.mode);
    case "netfilter":
      return at("netfilter", hookName(options.protocolFamily, options.hook));
    case "cgroup": {
      const held = HeldPath.open(cgroupPath(options.path));
      const real = held?.real ?? cgroupPath(options.path);
      const target = program.type === "lsm_cgroup" ? `${program.madeFor}@${real}` : real;
      const path = held?.path ?? options.path;
      return { ...at(program.type, target), options: { ...options, path }, held };
    }
    case "sockmap":
      return at(program.type, options.map.name);
    case "netns":
      return namespace(options, program.type, at);
    case "socket-filter":
      return at("socket_filter", options.ifindex === 0 ? "any" : interfaceTarget(options.ifindex));
  }
}

/** The functions, or the pattern for them. */
const either = (options: {
  readonly pattern?: string;
  readonly functions?: readonly string[];
}): readonly string[] => [
  ...(options.pattern ? [options.pattern] : []),
  ...(options.functions ?? []),
];

const hexadecimal = (offset: bigint): string => `0x${offset.toString(16)}`;

/** An offset may lead out of the function, so it is part of the target. */
const withOffset = (name: string, offset: bigint | undefined): string =>
  offset ? `${name}+${hexadecimal(offset)}` : name;

function inFile(
  options: UprobeOptions | UprobeMultiOptions | UsdtOptions,
  found: string,
  type: string,
  within: readonly string[],
): Place {
  const held = HeldPath.open(found);
  const real = held?.real ?? found;
  return {
    type,
    targets: within.map((name) => `${real}:${name}`),
    files: [],
    options: { ...options, path: held?.path ?? options.path },
    held,
  };
}

const interfaceTarget = (index: number): string => interfaceName(index) ?? `interface ${index}`;

const OWN_NAMESPACE = "/proc/thread-self/ns/net";

function namespace(
  options: AttachOptions & { readonly kind: "netns" },
  type: string,
  at: (type: string, target: string) => Place,
): Place {
  const { path } = options;
  if (path === undefined) return at(type, "host");
  const held = HeldPath.open(path);
  if (held === undefined) return at(type, path);
  const [own, other] = [OWN_NAMESPACE, held.path].map((at) => statSync(at));
  const host = own?.ino === other?.ino && own?.dev === other?.dev;
  return { ...at(type, host ? "host" : held.real), options: { ...options, path: held.path }, held };
}
