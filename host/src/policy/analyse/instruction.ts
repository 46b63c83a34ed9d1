/** Bytes of a `struct bpf_insn`. */
export const INSTRUCTION = 8;

/** The opcodes that matter here, of `include/uapi/linux/bpf.h`: `BPF_JMP | BPF_CALL`, the same through a register, and `BPF_LD | BPF_IMM | BPF_DW`. */
const CALL = 0x85;
const CALL_REGISTER = 0x8d;
const LOAD_WIDE = 0x18;

/** `src_reg` of a call. */
const PSEUDO_CALL = 1;
const PSEUDO_KFUNC = 2;
/** `src_reg` of a load of 64 bits: the address of a function of the program. */
const PSEUDO_FUNCTION = 4;

/** What an instruction does that a policy cares for. */
export type Step =
  /** A helper by its number. */
  | { readonly kind: "helper"; readonly number: number }
  /** A subprogram: `offset` instructions after the next one. */
  | { readonly kind: "call"; readonly offset: number }
  /** A function of the kernel, by the id of its type in the kernel's BTF. */
  | { readonly kind: "kfunc"; readonly id: number }
  /** A call whose target only the register knows. */
  | { readonly kind: "indirect" }
  /** A 64-bit value: a relocation makes it a map, a variable or the address of a function. */
  | { readonly kind: "load"; readonly value: number; readonly source: number };

/** Reads the instruction at an offset in bytes; `undefined` for one that only computes, jumps or touches memory. */
export function stepAt(code: DataView, at: number): Step | undefined {
  const source = code.getUint8(at + 1) >> 4;
  const value = code.getInt32(at + 4, true);
  switch (code.getUint8(at)) {
    case CALL:
      if (source === PSEUDO_CALL) return { kind: "call", offset: value };
      if (source === PSEUDO_KFUNC) return { kind: "kfunc", id: value };
      return { kind: "helper", number: value };
    case CALL_REGISTER:
      return { kind: "indirect" };
    case LOAD_WIDE:
      return { kind: "load", value, source };
    default:
      return undefined;
  }
}

/** Whether a load names, by a number of its own, what only libbpf may fill in: a descriptor of the process that loads it, or a type of the kernel. */
export const namesByNumber = (step: Step & { kind: "load" }): boolean =>
  step.source !== 0 && step.source !== PSEUDO_FUNCTION;
