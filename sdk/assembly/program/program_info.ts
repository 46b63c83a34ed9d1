/** What the kernel knows of a loaded program; the fields that count of `struct bpf_prog_info`. */
export class ProgramInfo {
  /** `enum bpf_prog_type`. */
  type: u32 = 0;
  id: u32 = 0;
  /** A hash of the program, as `bpftool prog` shows it: 16 hexadecimal digits. */
  tag: string = "";
  /** Bytes of machine code; 0: interpreted. */
  jitedProgLen: u32 = 0;
  /** Bytes of BPF instructions, as verified. */
  xlatedProgLen: u32 = 0;
  /** Nanoseconds since boot. */
  loadTime: u64 = 0;
  /** Nanoseconds that it ran while {@link enableStats} was on. */
  runTimeNs: u64 = 0;
  /** How often it ran then. */
  runCnt: u64 = 0;
  /** How often it did not, because it was running already. Linux 5.12. */
  recursionMisses: u64 = 0;
  /** Linux 5.16. */
  verifiedInsns: u32 = 0;
  createdByUid: u32 = 0;
  nrMapIds: u32 = 0;
  gplCompatible: bool = false;
}

/** Bytes that `program_info` writes (docs/abi.md). */
export const PROGRAM_INFO_SIZE: i32 = 72;

/** Reads what `program_info` wrote. */
export function readProgramInfo(at: usize): ProgramInfo {
  const info = new ProgramInfo();
  info.type = load<u32>(at);
  info.id = load<u32>(at, 4);
  for (let i: usize = 0; i < 8; i++) {
    info.tag += load<u8>(at + i, 8)
      .toString(16)
      .padStart(2, "0");
  }
  info.jitedProgLen = load<u32>(at, 16);
  info.xlatedProgLen = load<u32>(at, 20);
  info.loadTime = load<u64>(at, 24);
  info.runTimeNs = load<u64>(at, 32);
  info.runCnt = load<u64>(at, 40);
  info.recursionMisses = load<u64>(at, 48);
  info.verifiedInsns = load<u32>(at, 56);
  info.createdByUid = load<u32>(at, 60);
  info.nrMapIds = load<u32>(at, 64);
  info.gplCompatible = load<u32>(at, 68) != 0;
  return info;
}
