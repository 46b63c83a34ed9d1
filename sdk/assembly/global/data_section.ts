import { addressOf } from "../abi/memory";
import { map_initial_value, map_lookup, map_set_initial_value, map_update } from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";
import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";

/** Key of the only element of a section's map. */
const ZERO = new StaticArray<u32>(1);

/**
 * A section of global variables: `.rodata`, `.data`, `.bss` or `.kconfig`. libbpf makes an array map with one element of it; a skeleton has a subclass with
 * an accessor a variable.
 *
 * Before the load, variables are read and set in a copy of the initial values, which is handed over by the load. After it, `.data` and `.bss` are read from the
 * kernel at each access and written back whole: what a BPF program writes into the same section between the two is lost. `.rodata` cannot change any more,
 * and `.kconfig` has its values only then.
 */
export class DataSection extends LoadStep {
  /** The negative errno of the latest access that failed, 0 if none did. */
  error: i32 = 0;
  private readonly buffer: usize;
  private map: i32 = 0;
  private changed: bool = false;
  private loaded: bool = false;

  /**
   * @param name of the section, such as `".rodata"`
   * @param size in bytes
   * @param live whether the program side and this module see each other's writes after the load: `.data` and `.bss`
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly size: i32,
    readonly live: bool,
  ) {
    super();
    this.buffer = heap.alloc(size);
    memory.fill(this.buffer, 0, size);
    object.addLoadStep(this);
    if (object.handle >= 0) this.map = object.findMap(name);
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
    return this.name == ".kconfig" ? this.fetch() : 0;
  }

  /** The address of a struct or array that may be changed through its view. */
  protected view(offset: usize): usize {
    if (this.loaded) {
      if (this.live) this.fetch();
    } else this.changed = true;
    return this.buffer + offset;
  }

  /** Reads the section from the kernel. 0, or a negative errno. */
  private fetch(): i32 {
    const result = this.object.closed ? 0 : map_lookup(this.map, addressOf(ZERO), this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }

  /** The address of a variable's current value. */
  protected read(offset: usize): usize {
    if (this.loaded && this.live) this.fetch();
    return this.buffer + offset;
  }

  /** The address at which a variable is to be changed; {@link wrote} follows. */
  protected write(offset: usize, variable: string): usize {
    if (this.loaded) {
      if (!this.live)
        throw new Error(
          `${this.object.name}: ${variable} is in ${this.name}, which cannot change once the object is loaded: set it before load()`,
        );
      this.fetch();
    }
    return this.buffer + offset;
  }

  /** Hands over what was changed, now or by the load. */
  protected wrote(): void {
    this.changed = true;
    if (this.loaded) this.flush();
  }

  /**
   * Writes the section back to the kernel: needed after a struct or array of it was changed through its view, once the object is loaded. 0, or a negative errno.
   */
  flush(): i32 {
    this.changed = true;
    if (!this.loaded || this.object.closed) return 0;
    const result = map_update(this.map, addressOf(ZERO), this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }
}
