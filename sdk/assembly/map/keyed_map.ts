import { addressOf, viewAt } from "../abi/memory";
import { map_delete, map_next_key } from "../abi/wbpf";
import { BpfObject } from "../object/bpf_object";
import { BpfMap } from "./bpf_map";

/** A map whose elements have keys of type `K`: a number type, or a generated view. */
export class KeyedMap<K> extends BpfMap {
  /** Where a key that is a number is put, and where {@link firstKey} and {@link nextKey} leave the one that they found. */
  protected readonly keyBuffer: usize;

  constructor(object: BpfObject, name: string, keySize: i32, valueSize: i32) {
    super(object, name, keySize, valueSize);
    this.keyBuffer = heap.alloc(keySize);
    memory.fill(this.keyBuffer, 0, keySize);
  }

  /** The address of a key as the kernel wants it. */
  @inline
  protected keyAddress(key: K): usize {
    if (isReference<K>()) return addressOf(key);
    store<K>(this.keyBuffer, key);
    return this.keyBuffer;
  }

  /** The key that stands at an address. */
  @inline
  protected keyAt(address: usize): K {
    if (isReference<K>()) return viewAt<K>(address);
    return load<K>(address);
  }

  /** Deletes an element. 0, `-ENOENT` if there is none, or another negative errno. */
  delete(key: K): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = map_delete(handle, this.keyAddress(key));
    return result < 0 ? this.failed(result) : result;
  }

  /** The key that {@link firstKey} or {@link nextKey} found; a view is valid until the next call on this map. */
  get key(): K {
    return this.keyAt(this.keyBuffer);
  }

  /** Finds the first key; {@link key} has it. 0, `-ENOENT` if the map is empty, or another negative errno. */
  firstKey(): i32 {
    return this.keyAfter(0);
  }

  /**
   * Finds the key that follows `key`, in no particular order; `bpf_map__get_next_key`. If `key` is no longer there the kernel begins anew, so delete with
   * {@link HashMap.entries} and not with this.
   */
  nextKey(key: K): i32 {
    return this.keyAfter(this.keyAddress(key));
  }

  private keyAfter(key: usize): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = map_next_key(handle, key, this.keyBuffer);
    return result < 0 ? this.failed(result) : result;
  }
}
