/** What is in a BPF object. */
export interface ObjectInspection {
  readonly name: string;
  /** Bytes of the ELF file. */
  readonly size: number;
  /** Of the ELF file. */
  readonly sha256: string;
  readonly programs: readonly {
    readonly name: string;
    /** Its `SEC()` name. */
    readonly section: string;
    /** `enum bpf_prog_type`, in lower case and without `BPF_PROG_TYPE_`. */
    readonly type: string;
    /** What the section's name says it is attached to; `null` if it names nothing. */
    readonly target: string | null;
    readonly instructions: number;
  }[];
  readonly maps: readonly {
    readonly name: string;
    /** `enum bpf_map_type`, in lower case and without `BPF_MAP_TYPE_`. */
    readonly type: string;
    readonly keySize: number;
    readonly valueSize: number;
    readonly maxEntries: number;
    readonly flags: number;
  }[];
}
