import { addressOf, viewAt } from "../abi/memory";
import { map_lookup, map_update } from "../abi/wbpf";
import { map_lookup_and_delete } from "../abi/wbpf_maps";
import { BpfObject } from "../object/bpf_object";
import { BpfMap } from "./bpf_map";

/** A `QUEUE` or a `STACK` (kernel 4.20 or newer). `V` is a view. */
export class QueueMap<V> extends BpfMap {
  private readonly valueBuffer: usize;

  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 0, valueSize);
    this.valueBuffer = heap.alloc(valueSize);
  }

  /**
   * Adds a value. 0, `-E2BIG` if it is full, or another negative errno.
   * @param how `flags.ANY`, or `flags.EXIST` to drop the oldest when it is full
   */
  push(value: V, how: i32 = 0): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = map_update(handle, 0, addressOf(value), how);
    return result < 0 ? this.failed(result) : result;
  }

  /** A view of a copy of what is next, which stays there; valid until the next call. Null if it is empty, or {@link error} says why. */
  peek(): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    const result = map_lookup(handle, 0, this.valueBuffer, 0);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }

  /** As {@link peek}, and takes it out; `bpf_map__lookup_and_delete_elem`. */
  pop(): V | null {
    const handle = this.handle;
    if (handle < 0) return null;
    const result = map_lookup_and_delete(handle, 0, this.valueBuffer, 0);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return viewAt<V>(this.valueBuffer);
  }
}

/** A `BLOOM_FILTER` (kernel 5.16 or newer): tells that a value was certainly not added, or perhaps. `V` is a view. */
export class BloomFilter<V> extends BpfMap {
  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, 0, valueSize);
  }

  /** Adds a value. 0, or a negative errno. */
  push(value: V): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    const result = map_update(handle, 0, addressOf(value), 0);
    return result < 0 ? this.failed(result) : result;
  }

  /** False: it was never added. True: perhaps it was. */
  mayContain(value: V): bool {
    const handle = this.handle;
    if (handle < 0) return false;
    const result = map_lookup(handle, 0, addressOf(value), 0);
    if (result < 0) this.failed(result);
    return result == 0;
  }
}
