import { map_initial_value, map_set_initial_value } from "../abi/wbpf";
import { clearLastError } from "../errors/last_error";
import { reserveLive } from "../live/reserve";
import { BpfObject } from "../object/bpf_object";
import { LoadStep } from "../object/load_step";

/** Key of the only element of a section's map: four bytes that are zero. */
export const ZERO: usize = memory.data(4, 4);

/**
 * A section of global variables. libbpf makes an array map with one element of it; a skeleton has a subclass of {@link ConstantSection}, {@link DataSection} or {@link KernelConfig} with an
 * accessor a variable.
 *
 * Before the load, variables are read and set in a copy of the initial values, which is handed over by the load.
 */
export abstract class Section extends LoadStep {
  /** The negative errno of the latest access that failed, 0 if none did. */
  error: i32 = 0;
  protected buffer: usize = 0;
  protected map: i32 = 0;
  protected changed: bool = false;
  protected loaded: bool = false;
  /** Whether {@link buffer} is a place where the map can be put. */
  protected reserved: bool = false;

  /**
   * @param name of the section, such as `".rodata"`
   * @param size in bytes
   * @param live whether the map is to stand in this module's memory once it is loaded
   * @param initial whether it has values before the load
   */
  constructor(
    readonly object: BpfObject,
    readonly name: string,
    readonly size: i32,
    live: bool,
    initial: bool,
  ) {
    super();
    object.addLoadStep(this);
    if (object.handle >= 0) this.map = object.findMap(name);
    // Where the map will be, so that a view that was taken before the load is one of the map afterwards.
    if (live && this.map > 0) this.buffer = reserveLive(this.map);
    this.reserved = this.buffer != 0;
    if (!this.reserved) this.buffer = heap.alloc(size);
    memory.fill(this.buffer, 0, size);
    if (initial && this.map > 0) {
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
    return 0;
  }
}
