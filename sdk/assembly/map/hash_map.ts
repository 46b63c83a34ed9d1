import { addressOf, viewAt } from "../abi/memory";
import { keep } from "../abi/region";
import { map_lookup, map_update } from "../abi/wbpf";
import { map_lookup_and_delete } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { Scalar } from "../view/scalar";
import { Entries } from "./entries";
import { KeyedMap } from "./keyed_map";

/**
 * A map of keys to values: `HASH`, `LRU_HASH`, `LPM_TRIE` and others of that shape. `K` is a number type or a view, `V` a view.
 *
 * A lookup costs one call of the kernel and allocates nothing: the value is copied into a buffer that the map owns, and the view is valid until the next lookup
 * in this map.
 */
export class HashMap<K, V> extends KeyedMap<K> {
  private readonly valueBuffer: usize;
  private cursor: Entries<K, V> | null = null;

  constructor(object: BpfObject, name: string, keySize: i32, valueSize: i32) {
    super(object, name, keySize, valueSize);
    this.valueBuffer = heap.alloc(valueSize);
  }

  /**
   * A view of a copy of the value, or null: nothing has that key, or {@link error} says why.
   * @param how 0 or `flags.LOCK`; `bpf_map_lookup_elem_flags`
   */
  lookup(key: K, how: i32 = 0): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    const result = map_lookup(handle, this.keyAddress(key), this.valueBuffer, how);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }

  /** As {@link lookup}, and takes the element out in the same step; `bpf_map__lookup_and_delete_elem` (kernel 5.14 or newer, not for LPM tries). */
  lookupAndDelete(key: K): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    const result = map_lookup_and_delete(handle, this.keyAddress(key), this.valueBuffer, 0);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }

  /** Whether an element has that key. */
  has(key: K): bool {
    return this.lookup(key) !== null;
  }

  /**
   * Stores a value. 0, `-E2BIG` if the map is full, or another negative errno.
   * @param how `flags.ANY`, `flags.NOEXIST` or `flags.EXIST`
   */
  update(key: K, value: V, how: i32 = 0): i32 {
    return this.put(key, addressOf(value), how);
  }

  /** Stores the value at an address. */
  protected put(key: K, value: usize, how: i32): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = map_update(handle, this.keyAddress(key), value, how);
    return result < 0 ? this.failed(result) : result;
  }

  /**
   * All elements, in no particular order: `const all = map.entries(); while (all.next()) …`. The current one may be deleted. There is one cursor a map, which
   * this call takes back to the beginning.
   */
  entries(): Entries<K, V> {
    let cursor = this.cursor;
    if (cursor === null) {
      cursor = new Entries<K, V>(this);
      this.cursor = cursor;
      keep();
    }
    cursor.restart();
    return cursor;
  }
}

/** A {@link HashMap} whose values are numbers of type `T`. */
export class ScalarHashMap<K, T> extends HashMap<K, Scalar<T>> {
  private readonly scalar: usize;

  constructor(object: BpfObject, name: string, keySize: i32, valueSize: i32) {
    super(object, name, keySize, valueSize);
    this.scalar = heap.alloc(sizeof<T>());
  }

  /** The value, or `missing` if nothing has that key. */
  get(key: K, missing: T): T {
    const found = this.lookup(key);
    return found === null ? missing : found.value;
  }

  /** Stores a value; see {@link HashMap.update}. */
  set(key: K, value: T, how: i32 = 0): i32 {
    store<T>(this.scalar, value);
    return this.put(key, this.scalar, how);
  }
}
