import { addressOf, viewAt } from "../abi/memory";
import { keep } from "../abi/region";
import {
  map_delete_batch,
  map_lookup_and_delete_batch,
  map_lookup_batch,
  map_update_batch,
} from "../abi/wbpf_maps";
import { errno } from "../errors/errno";
import { setLastError } from "../errors/last_error";
import { BpfMap } from "./bpf_map";

/** Words of the arguments of the calls (docs/abi.md), and the one that counts the elements. */
const WORDS: i32 = 7;
const COUNT: i32 = 4;

/** An index that the batch does not have ends the module. */
function outside(): void {
  assert(false, "the batch has no such element");
}

/**
 * Elements of a keyed map, many in one call of the kernel, which costs a third of looking up each (Linux 5.6; where the kernel or the kind of map has no batches, the host
 * does them one by one). `V` is a view; of a per-CPU map it is the first CPU's.
 *
 * To read: `while (batch.lookup()) for (let i = 0; i < batch.count; i++) …`, after which {@link error} is 0 unless the walk failed. An element of a hash is seen once,
 * whatever is deleted meanwhile. To write: {@link setKey} and {@link value} of the first few, then {@link update} or {@link delete}.
 */
export class Batch<K, V> {
  /** Elements in the batch. */
  count: i32 = 0;
  /** The negative errno with which a walk or a call ended, 0 at the end of the map. */
  error: i32 = 0;
  private readonly args: StaticArray<u32> = new StaticArray<u32>(WORDS);
  private position: usize = 0;
  private following: usize = 0;
  private keys: usize = 0;
  private values: usize = 0;
  private valueBytes: i32 = 0;
  private keyBytes: i32 = 0;
  private begun: bool = false;
  private ended: bool = false;

  /**
   * @param map a loaded map
   * @param capacity elements that fit; it grows when a bucket of a hash holds more
   */
  constructor(
    readonly map: BpfMap,
    private capacity: i32 = 256,
  ) {
    const bytes = map.valueBytes;
    this.valueBytes = bytes;
    this.keyBytes = map.keySize;
    if (bytes < 0) {
      this.error = bytes;
      this.ended = true;
    } else {
      const token = max(map.keySize, 4);
      this.position = heap.alloc(token);
      this.following = heap.alloc(token);
      this.reserve(max(capacity, 1));
    }
  }

  /** Frees its memory; nothing may be done with it afterwards. */
  free(): void {
    if (this.keys == 0) return;
    heap.free(this.keys);
    heap.free(this.values);
    heap.free(this.position);
    heap.free(this.following);
    this.keys = 0;
    this.ended = true;
    this.count = 0;
  }

  /** Goes back to before the first element. */
  restart(): void {
    if (this.keys == 0) return;
    this.begun = false;
    this.ended = false;
    this.error = 0;
  }

  /** Reads the next elements; `bpf_map_lookup_batch`. False at the end, and after a failure. */
  lookup(): bool {
    return this.read(false);
  }

  /** As {@link lookup}, and takes them out; `bpf_map_lookup_and_delete_batch`. */
  lookupAndDelete(): bool {
    return this.read(true);
  }

  /** Stores the first `count` elements; `bpf_map_update_batch`. How many were stored, or a negative errno; then {@link count} has the number. */
  update(count: i32, how: i32 = 0): i32 {
    return this.write(count, how, false);
  }

  /** Deletes the elements with the first `count` keys; `bpf_map_delete_batch`. As {@link update}. */
  delete(count: i32): i32 {
    return this.write(count, 0, true);
  }

  /** The key of an element; a view is valid until the next call. */
  // Inlined, as the next three: a call for each key and value is a fifth of what the kernel takes for the element.
  // @ts-expect-error A decorator of AssemblyScript.
  @inline
  key(index: i32): K {
    const at = this.keyAddress(index);
    if (isReference<K>()) return viewAt<K>(at);
    return load<K>(at);
  }

  // @ts-expect-error A decorator of AssemblyScript.
  @inline
  setKey(index: i32, key: K): void {
    const at = this.keyAddress(index);
    if (isReference<K>()) memory.copy(at, addressOf(key), this.keyBytes);
    else store<K>(at, key);
  }

  /** A view of the value of an element, which may be written before {@link update}. */
  // @ts-expect-error A decorator of AssemblyScript.
  @inline
  value(index: i32): V {
    if (<u32>index >= <u32>this.capacity) outside();
    return viewAt<V>(this.values + <usize>index * this.valueBytes);
  }

  // @ts-expect-error A decorator of AssemblyScript.
  @inline
  private keyAddress(index: i32): usize {
    if (<u32>index >= <u32>this.capacity) outside();
    // What is known when the module is built is a shift instead of a multiplication.
    if (isReference<K>()) return this.keys + <usize>index * this.keyBytes;
    return this.keys + <usize>index * sizeof<K>();
  }

  private reserve(capacity: i32): void {
    if (this.keys != 0) {
      heap.free(this.keys);
      heap.free(this.values);
    }
    this.capacity = capacity;
    this.keys = heap.alloc(<usize>capacity * this.map.keySize);
    this.values = heap.alloc(<usize>capacity * this.valueBytes);
    memory.fill(this.keys, 0, <usize>capacity * this.map.keySize);
    memory.fill(this.values, 0, <usize>capacity * this.valueBytes);
    // It only ever grows, to twice its size.
    keep();
  }

  private read(remove: bool): bool {
    this.count = 0;
    if (this.ended) return false;
    const handle = this.map.handle;
    let result = handle;
    while (handle >= 0) {
      const args = this.args;
      unchecked((args[0] = this.begun ? <u32>this.position : 0));
      unchecked((args[1] = <u32>this.following));
      this.fill(this.capacity, 0);
      const at = addressOf(args);
      result = remove ? map_lookup_and_delete_batch(handle, at) : map_lookup_batch(handle, at);
      // A bucket of a hash is told as a whole.
      if (result != -errno.ENOSPC || this.capacity > 1 << 20) break;
      this.reserve(this.capacity * 2);
    }
    if (result < 0) {
      this.ended = true;
      if (result != -errno.ENOENT) {
        this.error = result;
        return false;
      }
    }
    const next = this.following;
    this.following = this.position;
    this.position = next;
    this.begun = true;
    this.count = <i32>unchecked(this.args[COUNT]);
    return this.count > 0;
  }

  private write(count: i32, how: i32, remove: bool): i32 {
    const handle = this.map.handle;
    if (handle < 0) return handle;
    if (this.keys == 0) return this.error;
    if (<u32>count > <u32>this.capacity)
      return setLastError(
        -errno.EINVAL,
        "the batch of map ",
        this.map.name,
        " holds fewer elements",
      );
    this.fill(count, how);
    const at = addressOf(this.args);
    const result = remove ? map_delete_batch(handle, at) : map_update_batch(handle, at);
    this.count = <i32>unchecked(this.args[COUNT]);
    if (result < 0) this.error = result;
    return result < 0 ? result : this.count;
  }

  private fill(count: i32, flags: i32): void {
    const args = this.args;
    unchecked((args[2] = <u32>this.keys));
    unchecked((args[3] = <u32>this.values));
    unchecked((args[COUNT] = count));
    unchecked((args[5] = flags));
    unchecked((args[6] = 0));
  }
}
