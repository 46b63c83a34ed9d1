import { native } from "../backend/kernel/native.js";

/** The part of the addon that asks the kernel through bpf(2) alone: host/addon/src/features.cc. Errors are negative errnos, 0 is success. */
interface NativeFeatures {
  tryMap(request: MapRequest): number;
  tryProgram(request: ProgramRequest): ProgramAnswer;
  /** Of `__BPF_FUNC_MAPPER` in `linux/bpf.h`, when the addon was built: the index is the number that a call instruction carries. */
  helperNames(): string[];
}

/** A map to create and close at once. */
export interface MapRequest {
  /** `enum bpf_map_type`. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Whether key and value are described as `int` in BTF. */
  readonly typed: boolean;
  /** Whether it holds maps: an array is created as the pattern. */
  readonly nested: boolean;
  /** BTF id of the kernel's struct that a struct_ops map stands for. */
  readonly kernelValueType: number;
}

/** A program to load and close at once. */
export interface ProgramRequest {
  /** `enum bpf_prog_type`. */
  readonly type: number;
  /** `enum bpf_attach_type`, where the type wants one at load. */
  readonly attachType: number;
  /** BTF id of the kernel's function that it is made for. */
  readonly attachBtfId: number;
  /** `BPF_F_*` of `BPF_PROG_LOAD`. */
  readonly flags: number;
  /** `struct bpf_insn`, 8 bytes each. */
  readonly instructions: Uint8Array;
}

export interface ProgramAnswer {
  /** 0, or a negative errno. */
  readonly error: number;
  /** What the verifier said. */
  readonly log: string;
}

/** @throws BpfError if the addon cannot be loaded */
export function nativeFeatures(): NativeFeatures {
  return native() as unknown as NativeFeatures;
}
