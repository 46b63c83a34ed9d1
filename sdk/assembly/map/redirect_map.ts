import { map_lookup } from "../abi/wbpf";
import { map_update_redirect } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { BpfProgram } from "../program/bpf_program";
import { KeyedMap } from "./keyed_map";

/** Where `bpf_redirect_map()` sends packets: a `DEVMAP` (4.14), a `DEVMAP_HASH` (5.4) or a `CPUMAP` (4.15). `K` is `u32` but for a hash. */
export class RedirectMap<K> extends KeyedMap<K> {
  private readonly valueBuffer: usize;

  constructor(object: BpfObject, name: string, keySize: i32, valueSize: i32) {
    super(object, name, keySize, valueSize);
    this.valueBuffer = heap.alloc(max(valueSize, 8));
  }

  /**
   * Sets where packets go. 0, or a negative errno.
   * @param target the index of an interface, or how many packets wait for the CPU that is the key
   * @param program an XDP program that runs there, in a map whose values have 8 bytes (5.8 and 5.9)
   */
  update(key: K, target: u32, program: BpfProgram | null = null): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const runs = program === null ? 0 : program.handle;
    if (runs < 0) return this.failed(runs);
    const result = map_update_redirect(handle, this.keyAddress(key), target, runs);
    return result < 0 ? this.failed(result) : result;
  }

  /** The interface or the length of the queue, or 0: nothing has that key, or {@link error} says why. */
  lookup(key: K): u32 {
    const handle = this.handle;
    if (handle < 0) return 0;
    const result = map_lookup(handle, this.keyAddress(key), this.valueBuffer, 0);
    if (result < 0) {
      this.failed(result);
      return 0;
    }
    return load<u32>(this.valueBuffer);
  }
}
