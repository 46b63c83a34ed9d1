/** What a test run is given and gives; `bpf_test_run_opts`. */
export class TestRunOptions {
  /** The packet, for programs that take one. */
  dataIn: ArrayBuffer | null = null;
  /** Where the packet goes afterwards. */
  dataOut: ArrayBuffer | null = null;
  /** What the program's argument points to, in the layout of its type. */
  ctxIn: ArrayBuffer | null = null;
  /** Where it goes afterwards. */
  ctxOut: ArrayBuffer | null = null;
  /** How often to run, for types that can. */
  repeat: u32 = 0;

  /** What the program returned. */
  retval: u32 = 0;
  /** Mean time of one run in nanoseconds; 0 for types that are not timed. */
  duration: u32 = 0;
  /** Bytes of the packet afterwards, also if they did not all fit. */
  dataSizeOut: u32 = 0;
  /** Bytes of the context afterwards. */
  ctxSizeOut: u32 = 0;
}
