import { findProgram, pinAt, setAttachTarget, unpinAt } from "../abi/calls";
import { addressOf } from "../abi/memory";
import { program_info, program_set, program_test_run } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { clearLastError, setLastError } from "../errors/last_error";
import { BpfObject } from "../object/bpf_object";
import { PROGRAM_INFO_SIZE, ProgramInfo, readProgramInfo } from "./program_info";
import { TestRunOptions } from "./test_run_options";

/** `what` of `program_set` (docs/abi.md). */
enum Property {
  AUTOLOAD = 1,
  TYPE,
  ATTACH_TYPE,
  FLAGS,
  LOG_LEVEL,
}

const info: usize = memory.data(PROGRAM_INFO_SIZE, 8);
/** Words of the arguments of `program_test_run` (docs/abi.md). */
const run: usize = memory.data(13 * 4, 4);

/** What a program is before its load, and what can be asked of it after; {@link BpfProgram} adds where it attaches. Calls return 0 or a negative errno. */
export abstract class ProgramControl {
  /** The negative errno of the latest failed call, 0 if none failed. */
  error: i32 = 0;
  private found: i32 = 0;

  /**
   * @param section the ELF section, as `SEC()` named it in C
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly section: string,
  ) {}

  /** The host's handle, or a negative errno. */
  get handle(): i32 {
    if (this.object.closed) {
      return this.failed(setLastError(-errno.EBADF, "object ", this.object.name, " was closed"));
    }
    if (this.object.handle < 0) return this.failed(this.object.handle);
    if (this.found <= 0) {
      clearLastError();
      this.found = findProgram(this.object.handle, this.name);
      if (this.found < 0) return this.failed(this.found);
    }
    return this.found;
  }

  /** Whether it is loaded at all; `bpf_program__set_autoload`. */
  setAutoload(autoload: bool): i32 {
    return this.set(Property.AUTOLOAD, autoload ? 1 : 0);
  }

  /** `enum bpf_prog_type`; `bpf_program__set_type`. */
  setType(type: u32): i32 {
    return this.set(Property.TYPE, type);
  }

  /** `enum bpf_attach_type`; `bpf_program__set_expected_attach_type`. */
  setExpectedAttachType(type: u32): i32 {
    return this.set(Property.ATTACH_TYPE, type);
  }

  /** `BPF_F_*` of BPF_PROG_LOAD; `bpf_program__set_flags`. */
  setFlags(flags: u32): i32 {
    return this.set(Property.FLAGS, flags);
  }

  /** How much the verifier says, for {@link BpfObject.log}: 0, 1 or 2, and 4 for its statistics; `bpf_program__set_log_level`. */
  setLogLevel(level: u32): i32 {
    return this.set(Property.LOG_LEVEL, level);
  }

  /**
   * The function that a tracing, LSM or freplace program is for; `bpf_program__set_attach_target`.
   * @param target the loaded program whose function it is; null: the kernel's
   */
  setAttachTarget(target: ProgramControl | null, name: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const owner = target === null ? 0 : target.handle;
    if (owner < 0) return this.failed(owner);
    clearLastError();
    return this.done(setAttachTarget(handle, owner, name));
  }

  /** What the kernel knows of it once it is loaded, null after a failure; `bpf_prog_get_info_by_fd`. */
  info(): ProgramInfo | null {
    const handle = this.handle;
    if (handle < 0) return null;
    clearLastError();
    const written = program_info(handle, info, PROGRAM_INFO_SIZE);
    if (written < PROGRAM_INFO_SIZE) {
      this.failed(written);
      return null;
    }
    return readProgramInfo(info);
  }

  /** Pins it in a BPF file system; `bpf_program__pin`. */
  pin(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.done(pinAt(handle, path));
  }

  /** Takes away a pin that this module made; `bpf_program__unpin`. */
  unpin(path: string): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.done(unpinAt(handle, path));
  }

  /** Runs it without an event; `bpf_prog_test_run_opts`. `-ENOSPC`: a buffer is too small, and `options` says how large it has to be. */
  testRun(options: TestRunOptions): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    put(0, options.dataIn);
    put(2, options.dataOut);
    put(4, options.ctxIn);
    put(6, options.ctxOut);
    store<u32>(run, options.repeat, 8 * 4);
    clearLastError();
    const result = program_test_run(handle, run);
    if (result == 0 || result == -errno.ENOSPC) {
      options.retval = load<u32>(run, 9 * 4);
      options.duration = load<u32>(run, 10 * 4);
      options.dataSizeOut = load<u32>(run, 11 * 4);
      options.ctxSizeOut = load<u32>(run, 12 * 4);
    }
    return this.done(result);
  }

  private set(what: i32, value: i32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    clearLastError();
    return this.done(program_set(handle, what, value));
  }

  /** Notes a failure among results. */
  protected done(result: i32): i32 {
    return result < 0 ? this.failed(result) : result;
  }

  /** Notes the errno of a call that failed, and returns it. */
  protected failed(error: i32): i32 {
    this.error = error;
    return error;
  }
}

/** Address and length of a buffer that may not be there. */
function put(word: i32, buffer: ArrayBuffer | null): void {
  const at = run + ((<usize>word) << 2);
  store<u32>(at, buffer === null ? 0 : <u32>addressOf(buffer));
  store<u32>(at, buffer === null ? 0 : buffer.byteLength, 4);
}
