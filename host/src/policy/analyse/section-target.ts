/** Types whose section says where they are attached, and what it says there; the first group is the target. */
const TARGETS: Readonly<Record<string, RegExp>> = {
  tracepoint: /^(?:tp|tracepoint)\/(.+)$/,
  raw_tracepoint: /^raw_(?:tp|tracepoint)\/(.+)$/,
  raw_tracepoint_writable: /^raw_(?:tp|tracepoint)\.w\/(.+)$/,
  kprobe: /^k(?:ret)?probe\/(.+)$/,
  kprobe_multi: /^k(?:ret)?probe\.(?:multi|session)(?:\.s)?\/(.+)$/,
  ksyscall: /^k(?:ret)?syscall\/(.+)$/,
  uprobe: /^u(?:ret)?probe(?:\.s)?\/(.+)$/,
  uprobe_multi: /^u(?:ret)?probe\.(?:multi|session)(?:\.s)?\/(.+)$/,
  usdt: /^usdt(?:\.s)?\/(.+)$/,
  fentry: /^fentry(?:\.s)?\/(.+)$/,
  fexit: /^fexit(?:\.s)?\/(.+)$/,
  fmod_ret: /^fmod_ret(?:\.s)?\/(.+)$/,
  tp_btf: /^tp_btf\/(.+)$/,
  iter: /^iter(?:\.s)?\/(.+)$/,
  lsm: /^lsm(?:\.s)?\/(.+)$/,
};

/** Where a program is attached by its section alone, in the form of docs/policy.md but with paths as they stand there; `undefined`: it does not say. */
export function sectionTarget(type: string, section: string): string | undefined {
  return TARGETS[type]?.exec(section)?.[1];
}

const MODES: Readonly<Record<string, readonly string[]>> = {
  tcx: ["ingress", "egress"],
  tc: ["ingress", "egress"],
  netkit: ["primary", "peer"],
};

/** The mode that a section names: `SEC("tcx/egress")`. */
export function sectionMode(type: string, section: string): string | undefined {
  const [, mode = ""] = section.split("/");
  return MODES[type]?.includes(mode) ? mode : undefined;
}

/** Types whose section is followed by a path, which has to be resolved before it is compared. */
export const takesPath = (type: string): boolean =>
  ["uprobe", "uprobe_multi", "usdt"].includes(type);
