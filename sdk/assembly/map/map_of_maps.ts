import { addressOf } from "../abi/memory";
import { map_lookup } from "../abi/wbpf";
import { map_update_map } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { BpfMap } from "./bpf_map";
import { KeyedMap } from "./keyed_map";

const found = new StaticArray<u32>(1);

/** An `ARRAY_OF_MAPS` (with `K` `u32`) or a `HASH_OF_MAPS`: BPF programs find other maps in it (kernel 4.12 or newer). */
export class MapOfMaps<K> extends KeyedMap<K> {
  constructor(object: BpfObject, name: string, keySize: i32, valueSize: i32) {
    super(object, name, keySize, valueSize);
  }

  /**
   * Puts a map in it, of the kind and the sizes that the object declares for what it holds. 0, or a negative errno.
   * @param how `flags.ANY`, `flags.NOEXIST` or `flags.EXIST`
   */
  update(key: K, inner: BpfMap, how: i32 = 0): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const held = inner.handle;
    if (held < 0) return this.failed(held);
    const result = map_update_map(handle, this.keyAddress(key), held, how);
    return result < 0 ? this.failed(result) : result;
  }

  /** The kernel's number ({@link BpfMap.id}) of the map that is there, or 0: there is none, or {@link error} says why. */
  lookupId(key: K): u32 {
    const handle = this.handle;
    if (handle < 0) return 0;
    const result = map_lookup(handle, this.keyAddress(key), addressOf(found), 0);
    if (result < 0) {
      this.failed(result);
      return 0;
    }
    return unchecked(found[0]);
  }
}
