import { PROGRAM_TYPES } from "../model/program-type.js";

/** What decides how a policy names a program. */
export interface TypedProgram {
  readonly section: string;
  /** `enum bpf_prog_type`. */
  readonly type: number;
  /** `enum bpf_attach_type` that the kernel is told at load. */
  readonly attachType: number;
}

/** `enum bpf_prog_type`. The first: an older libbpf does not know the section, and the program is not loaded unless the module gives it a type. */
const UNSPECIFIED = 0;
const KPROBE = 2;
const SCHED_CLS = 3;

/** `enum bpf_attach_type` that tell apart what the kernel's program type does not; by the kernel's type. */
const BY_ATTACH_TYPE: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  2: { 42: "kprobe_multi", 56: "kprobe_multi", 48: "uprobe_multi", 57: "uprobe_multi" },
  3: { 46: "tcx", 47: "tcx", 54: "netkit", 55: "netkit" },
  26: { 23: "tp_btf", 24: "fentry", 25: "fexit", 26: "fmod_ret", 28: "iter" },
  29: { 27: "lsm", 43: "lsm_cgroup" },
};

/** Section names that tell apart programs which are the same to the kernel until they are attached; what they are attached to is asked again then. */
const BY_SECTION: Readonly<Record<number, readonly (readonly [RegExp, string])[]>> = {
  [KPROBE]: [
    [/^u(ret)?probe\.(multi|session)\b/, "uprobe_multi"],
    [/^u(ret)?probe\b/, "uprobe"],
    [/^usdt\b/, "usdt"],
    [/^k(ret)?syscall\b/, "ksyscall"],
    [/^k(ret)?probe\.(multi|session)\b/, "kprobe_multi"],
    [/./, "kprobe"],
  ],
  [SCHED_CLS]: [[/./, "tc"]],
};

/**
 * A program's type as a policy names it. What the kernel is told counts; the section's name, which is the module's word, only where the kernel is told nothing.
 * For a type that this host does not know, `kernel type 77`, which no policy grants.
 */
export function policyTypeOf({ section, type, attachType }: TypedProgram): string {
  if (type === UNSPECIFIED) return typeOfSection(section) ?? "kernel type 0";
  const byAttachType = BY_ATTACH_TYPE[type]?.[attachType];
  if (byAttachType !== undefined) return byAttachType;
  const bySection = BY_SECTION[type]?.find(([pattern]) => pattern.test(section));
  if (bySection !== undefined) return bySection[1];
  const [only, ...more] = PROGRAM_TYPES.filter(({ kernelType }) => kernelType === type);
  return only !== undefined && more.length === 0 ? only.name : `kernel type ${type}`;
}

/** The type whose sections a name begins with, by the longest. */
function typeOfSection(section: string): string | undefined {
  const beginnings = PROGRAM_TYPES.flatMap(({ name, sections }) =>
    sections.map((beginning) => ({ name, beginning })),
  ).filter(
    ({ beginning }) =>
      section === beginning ||
      (section.startsWith(beginning) && /[./\d]/.test(section[beginning.length] ?? "")),
  );
  beginnings.sort((a, b) => b.beginning.length - a.beginning.length);
  return beginnings[0]?.name;
}

/** `SEC("….s/…")`: libbpf asks the kernel for a program that may sleep. Those of `syscall` may always. */
export const sleepsBySection = (section: string): boolean =>
  /^(?:[^./]+(?:\.(?:multi|session))?)\.s(?:\/|$)/.test(section) || section === "syscall";
