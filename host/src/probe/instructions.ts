/** Opcodes of BPF instructions: `Documentation/bpf/standardization/instruction-set.rst` of the kernel. */
const MOV64_IMMEDIATE = 0xb7;
const CALL = 0x85;
const EXIT = 0x95;

interface Instruction {
  readonly opcode: number;
  readonly immediate: number;
}

/** `r0 = value; exit`: the smallest program. */
export function returning(value: number): Uint8Array {
  return encode([
    { opcode: MOV64_IMMEDIATE, immediate: value },
    { opcode: EXIT, immediate: 0 },
  ]);
}

/** Calls a helper with whatever is in the registers, which is nothing but the context in r1. */
export function calling(helper: number): Uint8Array {
  return encode([
    { opcode: CALL, immediate: helper },
    { opcode: EXIT, immediate: 0 },
  ]);
}

/** `struct bpf_insn`: opcode, two register numbers in one byte, a 16-bit offset, a 32-bit immediate; registers are r0 here. */
function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, { opcode, immediate }] of instructions.entries()) {
    view.setUint8(i * 8, opcode);
    view.setInt32(i * 8 + 4, immediate, true);
  }
  return bytes;
}
