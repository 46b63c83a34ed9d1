/**
 * What can be set of an object's parts before load, and asked of them after.
 *
 * @module
 */

/** Of a program; the numbers are libbpf's and the kernel's. */
export type ProgramProperty =
  /** Whether it is loaded at all: 0 or 1. */
  | "autoload"
  /** `enum bpf_prog_type`. */
  | "type"
  /** `enum bpf_attach_type` that the kernel is told at load. */
  | "attachType"
  /** `BPF_F_*` of BPF_PROG_LOAD, such as 16, `BPF_F_SLEEPABLE`. */
  | "flags"
  /** Of the verifier: 0, 1 or 2, and 4 for its statistics. */
  | "logLevel";

/** Of a map. */
export type MapProperty =
  /** `enum bpf_map_type`. */
  | "type"
  | "keySize"
  | "valueSize"
  | "maxEntries"
  /** `BPF_F_*` of BPF_MAP_CREATE. */
  | "flags"
  | "numaNode"
  /** `map_extra`: of a bloom filter the number of hash functions. */
  | "extra"
  /** Whether it is made at all: 0 or 1. */
  | "autocreate";

/** Of `struct bpf_prog_info` in `include/uapi/linux/bpf.h`. */
export interface ProgramInfo {
  /** `enum bpf_prog_type`. */
  readonly type: number;
  readonly id: number;
  /** A hash of its instructions, 8 bytes. */
  readonly tag: Uint8Array;
  /** Of machine code; 0: interpreted, or not for this user to see. */
  readonly jitedBytes: number;
  /** Of BPF instructions as the verifier left them. */
  readonly translatedBytes: number;
  /** Nanoseconds since the machine booted. */
  readonly loadTime: bigint;
  /** Of the user who loaded it. */
  readonly uid: number;
  /** How many maps it uses. */
  readonly maps: number;
  readonly gplCompatible: boolean;
  /** Nanoseconds that it ran while statistics were on. */
  readonly runTimeNs: bigint;
  /** How often it ran while statistics were on. */
  readonly runCount: bigint;
  /** How often it did not run because it was running already (Linux 5.12). */
  readonly recursionMisses: bigint;
  /** Instructions that the verifier looked at (Linux 5.16). */
  readonly verifiedInstructions: number;
}

/** Of `struct bpf_link_info`. */
export interface LinkInfo {
  /** `enum bpf_link_type`. */
  readonly type: number;
  readonly id: number;
  readonly programId: number;
  /** `enum bpf_attach_type`, -1 where the kernel does not tell. */
  readonly attachType: number;
  /** An interface's index (XDP, tcx, netkit), a cgroup's id, a network namespace's inode, a map's id (struct_ops, sockmap); 0 for other types. */
  readonly target: bigint;
}
