import { release } from "node:os";
import type { AttachKind, AttachOptions, BpfError } from "../../backend.js";
import type { NativeFailure } from "../native.js";
import { type AttachFacts, unreadableTracefs } from "./attach.js";
import { placeOf } from "./attach-place.js";
import { missingTarget } from "./attach-target.js";
import { explainCapabilities, explainCapability } from "./capabilities.js";
import { bpfError, errnoOf } from "./errno.js";
import { olderThan } from "./kernel-release.js";
import { lastWarning } from "./warnings.js";

/** The Linux release in which a kind came, or its links where that was later. Kinds that are older than BPF objects with BTF are not listed. */
const SINCE: Partial<Record<AttachKind, string>> = {
  "kprobe-multi": "5.18",
  "uprobe-multi": "6.6",
  trace: "5.5",
  lsm: "5.7",
  freplace: "5.10",
  iter: "5.8",
  xdp: "5.9",
  tcx: "6.6",
  netkit: "6.7",
  netfilter: "6.4",
  cgroup: "5.7",
  netns: "5.8",
};

/** The Linux release in which a kind could take a cookie. */
const COOKIE_SINCE: Partial<Record<AttachKind, string>> = {
  tracepoint: "5.15",
  kprobe: "5.15",
  ksyscall: "5.15",
  uprobe: "5.15",
  usdt: "5.15",
  "perf-event": "5.15",
  trace: "5.19",
  "raw-tracepoint": "6.10",
};

/** The program types that a kind takes, as libbpf's `SEC()` names tell them: for a program that was given to the wrong call. */
const SECTIONS: Record<AttachKind, string> = {
  tracepoint: "tracepoint",
  "raw-tracepoint": "raw_tracepoint",
  kprobe: "kprobe or kretprobe",
  "kprobe-multi": "kprobe.multi or kretprobe.multi",
  ksyscall: "ksyscall or kretsyscall",
  uprobe: "uprobe or uretprobe",
  "uprobe-multi": "uprobe.multi or uretprobe.multi",
  usdt: "usdt",
  "perf-event": "perf_event",
  trace: "fentry, fexit, fmod_ret or tp_btf",
  lsm: "lsm",
  freplace: "freplace",
  iter: "iter",
  xdp: "xdp",
  tc: "tc, tcx/ingress or tcx/egress",
  tcx: "tcx/ingress or tcx/egress",
  netkit: "netkit/primary or netkit/peer",
  netfilter: "netfilter",
  cgroup: "cgroup/…, cgroup_skb/…, sockops or lsm_cgroup",
  sockmap: "sk_skb/… or sk_msg",
  netns: "sk_lookup or flow_dissector",
  "socket-filter": "socket",
};

/** The sentence for a program that could not be attached to a place. */
export function explainAttachTo(
  failure: NativeFailure,
  program: AttachFacts,
  options: AttachOptions,
): BpfError {
  const { errno, warnings } = failure;
  const { name, text } = errnoOf(errno);
  const why =
    causeOf(name, failure, program, options) ??
    lastWarning(warnings)?.replace(`prog '${program.name}': `, "") ??
    text;
  return bpfError(
    errno,
    `cannot attach program '${program.name}' (${program.section}) to ${placeOf(options)}: ${why} (${name})`,
    warnings === "" ? {} : { detail: warnings.trim() },
  );
}

function causeOf(
  name: string,
  failure: NativeFailure,
  program: AttachFacts,
  options: AttachOptions,
): string | undefined {
  if (failure.message === "unloaded") return "its object is not loaded";
  if (name === "EPERM" || name === "EACCES") return forbidden(failure, program, options);
  return (
    tooOld(options) ??
    missingTarget(name, failure, options) ??
    wrongKind(name, failure, program, options)
  );
}

function forbidden(
  { warnings }: NativeFailure,
  program: AttachFacts,
  options: AttachOptions,
): string | undefined {
  const lacking = explainCapabilities([program.type]);
  if (lacking !== undefined) return lacking;
  switch (options.kind) {
    case "tracepoint":
      return unreadableTracefs(warnings);
    case "socket-filter":
      return explainCapability("CAP_NET_RAW");
    case "uprobe":
    case "usdt":
      return explainCapability("CAP_SYS_ADMIN");
    case "perf-event":
    case "kprobe":
      return "perf events are forbidden for this user: see /proc/sys/kernel/perf_event_paranoid, or run it as root";
    case "cgroup":
      return "the cgroup, or one above it, has a program that admits no other, or is another user's";
    default:
      return undefined;
  }
}

function tooOld(options: AttachOptions): string | undefined {
  const since = SINCE[options.kind];
  if (since !== undefined && olderThan(since)) {
    return `this kernel is Linux ${release()}, and that needs ${since} or newer`;
  }
  const cookie = COOKIE_SINCE[options.kind];
  if (cookie === undefined || !("cookie" in options) || !options.cookie) return undefined;
  return olderThan(cookie)
    ? `this kernel is Linux ${release()}, and a cookie there needs ${cookie} or newer`
    : undefined;
}

function wrongKind(
  name: string,
  { warnings }: NativeFailure,
  { section }: AttachFacts,
  { kind }: AttachOptions,
): string | undefined {
  if (name !== "EINVAL" || warnings !== "") return undefined;
  const wanted = SECTIONS[kind];
  const [word = ""] = section.split("/");
  if (wanted.split(/, | or |\//).includes(word)) return undefined;
  return `that takes a program in SEC("${wanted}")`;
}
