import { addressOf } from "../abi/memory";
import {
  map_initial_value,
  map_live,
  map_lookup,
  map_set_initial_value,
  map_update,
} from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";
import { reserveLive } from "../live/reserve";
import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";

/** Key of the only element of a section's map. */
const ZERO = new StaticArray<u32>(1);

/**
 * A section of global variables: `.rodata`, `.data`, `.bss` or `.kconfig`. libbpf makes an array map with one element of it; a skeleton has a subclass with
 * an accessor a variable.
 *
 * Before the load, variables are read and set in a copy of the initial values, which is handed over by the load. After it, `.data` and `.bss` stand in this
 * module's memory ({@link live}): reading or setting a variable is one load or store, and BPF programs see it at once. `.rodata` cannot change any more, and
 * `.kconfig` has its values only then.
 *
 * Where the host cannot put them there (`wbpf run --verbose` says why), they are read from the kernel at each access and written back whole: what a BPF program
 * writes into the same section between the two is lost.
 */
export class DataSection extends LoadStep {
  /** The negative errno of the latest access that failed, 0 if none did. */
  error: i32 = 0;
  /** Whether the section stands in this module's memory: after the load, for `.data` and `.bss`. */
  live: bool = false;
  private readonly buffer: usize;
  private map: i32 = 0;
  private changed: bool = false;
  private loaded: bool = false;
  /** Whether {@link buffer} is a place where the map can be put. */
  private reserved: bool = false;
  /** Whether {@link buffer} is a copy that an access has to bring up to date. */
  private stale: bool = false;

  /**
   * @param name of the section, such as `".rodata"`
   * @param size in bytes
   * @param shared whether the program side and this module see each other's writes after the load: `.data` and `.bss`
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly size: i32,
    readonly shared: bool,
  ) {
    super();
    object.addLoadStep(this);
    if (object.handle >= 0) this.map = object.findMap(name);
    // Where the map will be, so that a view that was taken before the load is one of the map afterwards.
    let buffer: usize = shared && this.map > 0 ? reserveLive(this.map) : 0;
    if (buffer != 0) this.reserved = true;
    else buffer = heap.alloc(size);
    memory.fill(buffer, 0, size);
    this.buffer = buffer;
    // .kconfig has no values before the load.
    if (this.map > 0 && name != ".kconfig") {
      clearLastError();
      this.error = min(map_initial_value(this.map, 0, this.buffer, size), 0);
    }
  }

  beforeLoad(): i32 {
    if (this.map < 0) return this.map;
    if (!this.changed) return 0;
    clearLastError();
    return map_set_initial_value(this.map, 0, this.buffer, this.size);
  }

  afterLoad(): i32 {
    this.loaded = true;
    this.live = this.reserved && map_live(this.map, this.buffer) == 0;
    this.stale = this.shared && !this.live;
    return this.name == ".kconfig" ? this.fetch() : 0;
  }

  /** The address of a struct or array that may be changed through its view. */
  protected view(offset: usize): usize {
    if (this.stale) this.fetch();
    else if (!this.loaded) this.changed = true;
    return this.buffer + offset;
  }

  /** Reads the section from the kernel. 0, or a negative errno. */
  fetch(): i32 {
    const result = this.object.closed ? 0 : map_lookup(this.map, addressOf(ZERO), this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }

  /** What `wherePut` (../abi/section) does where the section is not {@link live}. */
  beforeWrite(variable: string): void {
    if (this.stale) this.fetch();
    else if (this.loaded && !this.shared)
      throw new Error(
        `${this.object.name}: ${variable} is in ${this.name}, which cannot change once the object is loaded: set it before load()`,
      );
  }

  /** Hands over what was changed, now or by the load. */
  afterWrite(): void {
    if (this.stale) this.flush();
    else this.changed = true;
  }

  /**
   * Writes the section back to the kernel: needed after a struct or array of it was changed through its view, once the object is loaded, unless it is
   * {@link live}. 0, or a negative errno.
   */
  flush(): i32 {
    this.changed = true;
    if (!this.stale || this.object.closed) return 0;
    const result = map_update(this.map, addressOf(ZERO), this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }
}
