import { findMap, mapName, objectLog, openObject, pinAt, programName, unpinAt } from "../abi/calls";
import { bounded } from "../abi/region";
import { object_close, object_load, object_map_at, object_program_at } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { clearLastError, setLastError } from "../errors/last_error";
import { BpfProgram } from "../program/bpf_program";
import { LoadStep } from "./load_step";

/**
 * A `bpf_object`: the programs and maps of one compiled BPF source. A generated skeleton extends it; see `libbpf`'s `bpf_object__open_mem`, `__load`, `__close`.
 *
 * Calls return 0 or a negative errno; {@link lastError} has the sentence. A failed open is remembered: the later calls return its errno, so that a tool may check
 * once.
 */
export class BpfObject {
  /** The host's handle, or the negative errno with which opening failed. */
  readonly handle: i32;
  private firstProgram: BpfProgram | null = null;
  private lastProgram: BpfProgram | null = null;
  private firstStep: LoadStep | null = null;
  private lastStep: LoadStep | null = null;
  /** Whether {@link destroy} was called. */
  closed: bool = false;

  /**
   * @param name what messages call the object
   * @param bytes address of the ELF object in this module's memory
   * @param length its length in bytes
   */
  constructor(
    readonly name: string,
    bytes: usize,
    length: i32,
  ) {
    clearLastError();
    this.handle = openObject(bytes, length, name);
  }

  /** The object's programs, in the order of the skeleton. */
  get programs(): BpfProgram[] {
    bounded();
    const programs: BpfProgram[] = [];
    let program: BpfProgram | null = this.firstProgram;
    while (program !== null) {
      programs.push(program);
      program = program.next;
    }
    return programs;
  }

  /** Registers a program, so that {@link attach} and {@link detach} know it. */
  addProgram(program: BpfProgram): void {
    const last = this.lastProgram;
    if (last !== null) last.next = program;
    else this.firstProgram = program;
    this.lastProgram = program;
  }

  /** Registers work to do around the load. */
  addLoadStep(step: LoadStep): void {
    const last = this.lastStep;
    if (last !== null) last.next = step;
    else this.firstStep = step;
    this.lastStep = step;
  }

  /** Creates the maps and loads the programs, after `.rodata` got its values. */
  load(): i32 {
    bounded();
    if (this.handle < 0) return this.handle;
    let step: LoadStep | null = this.firstStep;
    while (step !== null) {
      const error = step.beforeLoad();
      if (error < 0) return error;
      step = step.next;
    }
    clearLastError();
    const error = object_load(this.handle);
    if (error < 0) return error;
    step = this.firstStep;
    while (step !== null) {
      const late = step.afterLoad();
      if (late < 0) return late;
      step = step.next;
    }
    return 0;
  }

  /** Attaches every program whose `autoattach` is set, by its `SEC()`. At the first failure those already attached are detached again. */
  attach(): i32 {
    bounded();
    if (this.handle < 0) return this.handle;
    let program: BpfProgram | null = this.firstProgram;
    while (program !== null) {
      if (program.autoattach && program.link === null && program.attach() === null) {
        const error = program.error;
        this.detach();
        return error;
      }
      program = program.next;
    }
    return 0;
  }

  /** Destroys every link of its programs, however they were attached. */
  detach(): void {
    let program: BpfProgram | null = this.firstProgram;
    while (program !== null) {
      program.detach();
      program = program.next;
    }
  }

  /** Detaches and closes all that came from the object. Closing twice is allowed. */
  destroy(): void {
    if (this.closed || this.handle < 0) return;
    this.closed = true;
    this.detach();
    object_close(this.handle);
  }

  /** The verifier's log of the load: of a refused program, and of those whose log level was set. Empty if there is none. */
  log(): string {
    return this.closed || this.handle < 0 ? "" : objectLog(this.handle);
  }

  /** Pins all its maps and programs in a folder of a BPF file system; `bpf_object__pin`. */
  pin(folder: string): i32 {
    if (this.closed) return this.isClosed();
    if (this.handle < 0) return this.handle;
    clearLastError();
    return pinAt(this.handle, folder);
  }

  /** Takes those pins away; `bpf_object__unpin`. */
  unpin(folder: string): i32 {
    if (this.closed) return this.isClosed();
    if (this.handle < 0) return this.handle;
    clearLastError();
    return unpinAt(this.handle, folder);
  }

  /** The names of its maps, in its own order; `bpf_object__for_each_map`. */
  mapNames(): string[] {
    bounded();
    const names: string[] = [];
    if (this.closed || this.handle < 0) return names;
    let i = 0;
    while (true) {
      const map = object_map_at(this.handle, i++);
      if (map < 0) return names;
      names.push(mapName(map));
    }
  }

  /** The names of its programs, in its own order; `bpf_object__for_each_program`. */
  programNames(): string[] {
    bounded();
    const names: string[] = [];
    if (this.closed || this.handle < 0) return names;
    let i = 0;
    while (true) {
      const program = object_program_at(this.handle, i++);
      if (program < 0) return names;
      names.push(programName(program));
    }
  }

  private isClosed(): i32 {
    return setLastError(-errno.EBADF, "object ", this.name, " was closed");
  }

  /** A map's handle by its name in the C source, or a negative errno. */
  findMap(name: string): i32 {
    if (this.closed) return this.isClosed();
    if (this.handle < 0) return this.handle;
    clearLastError();
    return findMap(this.handle, name);
  }
}
