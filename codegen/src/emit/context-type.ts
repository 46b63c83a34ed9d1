import type { TypeId } from "../btf/types.js";
import type { BpfObjectFile, ProgramSpec } from "../object/index.js";

/** The name of the context where all programs of a type have the same. */
const SK_BUFF = "__sk_buff";

/**
 * Program types whose context a test run is given and gives back (`ctx_in` and `ctx_out` of `BPF_PROG_TEST_RUN`), with the struct's name; undefined where each program
 * declares its own. From `test_run` of the kernel's `bpf_prog_ops` (net/core/filter.c, net/bpf/test_run.c, kernel/bpf/syscall.c).
 */
const CONTEXTS: Readonly<Record<string, string | undefined>> = {
  SYSCALL: undefined,
  XDP: "xdp_md",
  SK_LOOKUP: "bpf_sk_lookup",
  SOCKET_FILTER: SK_BUFF,
  SCHED_CLS: SK_BUFF,
  SCHED_ACT: SK_BUFF,
  CGROUP_SKB: SK_BUFF,
  LWT_IN: SK_BUFF,
  LWT_OUT: SK_BUFF,
  LWT_XMIT: SK_BUFF,
  LWT_SEG6LOCAL: SK_BUFF,
};

/**
 * The struct that a tool gives a program and gets back from it: what the first parameter points to, for the program types whose context a test run takes. Contexts that only
 * the kernel makes (`pt_regs`, a tracepoint's arguments, an iterator's) never reach the tool, and would pull much of the kernel's types into its bindings.
 */
export function contextType(
  { btf }: BpfObjectFile,
  { kind, proto }: ProgramSpec,
): TypeId | undefined {
  if (kind === undefined || proto === undefined || !(kind.program in CONTEXTS)) return undefined;
  const signature = btf.type(proto);
  const parameter = signature.kind === "FUNC_PROTO" ? signature.parameters[0] : undefined;
  if (parameter === undefined) return undefined;
  const pointer = btf.resolve(parameter.type);
  const struct = pointer.kind === "PTR" ? btf.resolve(pointer.type) : undefined;
  if (struct?.kind !== "STRUCT" || struct.members.length === 0) return undefined;
  const expected = CONTEXTS[kind.program];
  return expected === undefined || struct.name === expected ? struct.id : undefined;
}
