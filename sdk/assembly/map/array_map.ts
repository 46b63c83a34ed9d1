import { addressOf, viewAt } from "../abi/memory";
import { map_lookup, map_update } from "../abi/wbpf";
import { BpfObject } from "../object/bpf_object";
import { Scalar } from "../view/scalar";
import { BpfMap } from "./bpf_map";

/** An `ARRAY` map: as many values as the object says, all there from the beginning. Indexes are below {@link BpfMap.maxEntries}. */
export class ArrayMap<V> extends BpfMap {
  protected readonly valueBuffer: usize;
  private readonly index: usize;

  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 4, valueSize);
    this.valueBuffer = heap.alloc(valueSize);
    this.index = heap.alloc(4);
  }

  /**
   * A view of a copy of the value, valid until the next lookup in this map; or null: the index is too large, or {@link error} says why.
   * @param how 0 or `flags.LOCK`
   */
  lookup(index: u32, how: i32 = 0): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    store<u32>(this.index, index);
    const result = map_lookup(handle, this.index, this.valueBuffer, how);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }

  /** Replaces a value. 0, `-E2BIG` for an index that is too large, or another negative errno. */
  update(index: u32, value: V): i32 {
    return this.put(index, addressOf(value));
  }

  /** Stores the value at an address. */
  protected put(index: u32, value: usize): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    store<u32>(this.index, index);
    const result = map_update(handle, this.index, value, 0);
    return result < 0 ? this.failed(result) : result;
  }
}

/** An {@link ArrayMap} whose values are numbers of type `T`. */
export class ScalarArrayMap<T> extends ArrayMap<Scalar<T>> {
  /** The value, or `missing` for an index that is too large. */
  get(index: u32, missing: T): T {
    const found = this.lookup(index);
    return found === null ? missing : found.value;
  }

  /** Replaces a value; see {@link ArrayMap.update}. */
  set(index: u32, value: T): i32 {
    store<T>(this.valueBuffer, value);
    return this.put(index, this.valueBuffer);
  }
}
