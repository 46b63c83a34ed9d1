import { map_live, map_lookup, map_update } from "../abi/wbpf";
import { BpfObject } from "../object/bpf_object";
import { Section, ZERO } from "./section";

/**
 * `.data` or `.bss`. After the load it stands in this module's memory ({@link live}): reading or setting a variable is one load or store, and BPF programs see it at once.
 *
 * Where the host cannot put it there (`wbpf run --verbose` says why), variables are read from the kernel at each access and written back whole: what a BPF program
 * writes into the same section between the two is lost.
 */
export class DataSection extends Section {
  /** Whether the section stands in this module's memory: after the load. */
  live: bool = false;
  /** Whether {@link buffer} is a copy that an access has to bring up to date. */
  protected stale: bool = false;

  constructor(object: BpfObject, name: string, size: i32) {
    super(object, name, size, true, true);
  }

  afterLoad(): i32 {
    this.live = this.reserved && map_live(this.map, this.buffer) == 0;
    this.stale = !this.live;
    return 0;
  }

  /** The address of a struct or array that may be changed through its view. */
  protected view(offset: usize): usize {
    if (this.stale) this.fetch();
    else this.changed = true;
    return this.buffer + offset;
  }

  /** Reads the section from the kernel. 0, or a negative errno. */
  fetch(): i32 {
    const result = this.object.closed ? 0 : map_lookup(this.map, ZERO, this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
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
    const result = map_update(this.map, ZERO, this.buffer, 0);
    if (result < 0) this.error = result;
    return result;
  }
}
