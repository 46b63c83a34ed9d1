import { addressOf, viewAt } from "../abi/memory";
import { map_live } from "../abi/wbpf";
import { errno } from "../errors/errno";
import { ArrayMap } from "../map/array_map";
import { BpfObject } from "../object/bpf_object";
import { Scalar } from "../view/scalar";
import { reserveLive } from "./reserve";

/**
 * An `ARRAY` map with `BPF_F_MMAPABLE` (kernel 5.5 or newer). After the load its values stand in this module's memory: {@link lookup} gives a view of the value
 * itself, and what it reads and writes is the map, with no call of the kernel. Where the host cannot do that ({@link live} is false) it is an {@link ArrayMap}: a
 * view is of a copy, and only {@link update} changes the map.
 */
export class LiveArrayMap<V> extends ArrayMap<V> {
  /** Where its first value stands; 0: not mapped (yet). */
  private values: usize = 0;
  private count: u32 = 0;
  private tried: bool = false;

  /** Whether views are of the map itself. */
  get live(): bool {
    return this.address(0) != 0;
  }

  lookup(index: u32, how: i32 = 0): V | null {
    // A flag is for the kernel: it asks for a copy.
    const address = how == 0 ? this.address(index) : 0;
    if (address != 0) return viewAt<V>(address);
    return super.lookup(index, how);
  }

  update(index: u32, value: V): i32 {
    return this.put(index, addressOf(value));
  }

  protected put(index: u32, value: usize): i32 {
    const address = this.address(index);
    if (address == 0) return super.put(index, value);
    memory.copy(address, value, this.valueSize);
    return 0;
  }

  /** The address of a value in the map's own memory, or 0. */
  protected address(index: u32): usize {
    if (index < this.count) return this.values + <usize>index * ((this.valueSize + 7) & ~7);
    return this.tried ? 0 : this.first(index);
  }

  /** {@link address}, the first time after the load: until then the host answers -EBADF, and the map is asked again. */
  private first(index: u32): usize {
    const handle = this.handle;
    if (handle < 0) return 0;
    const reserved = this.values != 0 ? this.values : reserveLive(handle);
    if (reserved == 0) {
      this.tried = true;
      return 0;
    }
    this.values = reserved;
    const result = map_live(handle, reserved);
    if (result == -errno.EBADF) return 0;
    this.tried = true;
    if (result == 0) this.count = this.maxEntries;
    return index < this.count ? this.values + <usize>index * ((this.valueSize + 7) & ~7) : 0;
  }
}

/** A {@link LiveArrayMap} whose values are numbers of type `T`. */
export class ScalarLiveArrayMap<T> extends LiveArrayMap<Scalar<T>> {
  private readonly scalar: usize;

  constructor(object: BpfObject, name: string, valueSize: i32) {
    super(object, name, valueSize);
    this.scalar = heap.alloc(valueSize);
  }

  /** The value, or `missing` for an index that is too large. */
  get(index: u32, missing: T): T {
    const address = this.address(index);
    if (address != 0) return load<T>(address);
    const found = this.lookup(index);
    return found === null ? missing : found.value;
  }

  /** Replaces a value. 0, or `-E2BIG` for an index that is too large. */
  set(index: u32, value: T): i32 {
    const address = this.address(index);
    if (address != 0) {
      store<T>(address, value);
      return 0;
    }
    store<T>(this.scalar, value);
    return this.put(index, this.scalar);
  }
}
