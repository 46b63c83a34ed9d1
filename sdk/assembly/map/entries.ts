import { viewAt } from "../abi/memory";
import { map_lookup, map_next_key } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { BpfMap } from "./bpf_map";

/**
 * Walks a map without allocating. It asks for the next key before it hands out the current one, so that deleting the current element does not send it back to
 * the beginning. Elements that come or go while it walks may be seen or not; if the one that it stands before goes, the kernel begins anew and some are seen twice: where others delete while
 * this one walks, a {@link Batch} sees each element of a hash once.
 */
export class Entries<K, V> {
  private readonly map: BpfMap;
  private readonly value_: usize;
  private current: usize;
  private following: usize;
  /** Whether `following` holds a key. */
  private more: bool = false;

  constructor(map: BpfMap) {
    this.map = map;
    this.current = heap.alloc(map.keySize);
    this.following = heap.alloc(map.keySize);
    this.value_ = heap.alloc(max(map.valueSize, 1));
  }

  /** Goes back to before the first element. */
  restart(): void {
    this.more = false;
    const handle = this.map.handle;
    if (handle < 0) return;
    const result = map_next_key(handle, 0, this.following);
    this.more = result == 0;
    if (result != -errno.ENOENT) this.map.error = result;
  }

  /** Goes to the next element. False at the end, and after a failure: then the map's `error` is other than 0 and `-ENOENT`. */
  next(): bool {
    const handle = this.map.handle;
    while (this.more) {
      const key = this.following;
      this.following = this.current;
      this.current = key;
      const result = map_next_key(handle, key, this.following);
      this.more = result == 0;
      // Gone since its key was told: on to the next.
      const found = map_lookup(handle, key, this.value_, 0);
      if (found == 0) return true;
      if (found != -errno.ENOENT) {
        this.map.error = found;
        this.more = false;
      }
    }
    return false;
  }

  /** The key; a view is valid until the next but one call of {@link next}. */
  get key(): K {
    if (isReference<K>()) return viewAt<K>(this.current);
    return load<K>(this.current);
  }

  /** A view of a copy of the value, valid until the next call of {@link next}. */
  get value(): V {
    return viewAt<V>(this.value_);
  }
}
