/** How a kprobe is placed; `bpf_kprobe_opts`. */
export class KprobeOptions {
  /** What `bpf_get_attach_cookie()` gives the program. Linux 5.15. */
  cookie: u64 = 0;
  /** Bytes from the function's start. */
  offset: u64 = 0;
  /** Whether it fires at the function's return; a program in `SEC("kretprobe")` always does. */
  retprobe: bool = false;
}

/** How probes of many kernel functions are placed; `bpf_kprobe_multi_opts`. Linux 5.18. */
export class KprobeMultiOptions {
  /** The functions, instead of a pattern. */
  syms: string[] = [];
  /** One for each of {@link syms}, or none. */
  cookies: u64[] = [];
  retprobe: bool = false;
}

/** How a uprobe is placed; `bpf_uprobe_opts`. */
export class UprobeOptions {
  /** A function of the file; empty: {@link offset} counts from the file's start. */
  funcName: string = "";
  /** Bytes from the function's start. */
  offset: u64 = 0;
  /** What `bpf_get_attach_cookie()` gives the program. Linux 5.15. */
  cookie: u64 = 0;
  /** Only this process; 0: only the host's own; -1: every process. */
  pid: i32 = -1;
  /** Whether it fires at the function's return; a program in `SEC("uretprobe")` always does. */
  retprobe: bool = false;
}

/** How probes of many functions of a file are placed; `bpf_uprobe_multi_opts`. Linux 6.6. */
export class UprobeMultiOptions {
  /** The functions, instead of a pattern. */
  syms: string[] = [];
  /** Places in the file, instead of functions. */
  offsets: u64[] = [];
  /** One for each function or offset, or none. */
  cookies: u64[] = [];
  /** Only this process; 0: only the host's own; -1: every process. */
  pid: i32 = -1;
  retprobe: bool = false;
}
