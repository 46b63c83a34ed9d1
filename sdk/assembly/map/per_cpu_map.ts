import { keep } from "../abi/region";
import { map_lookup, map_update } from "../abi/wbpf";
import { KeyedMap } from "./keyed_map";
import { PerCpu, PerCpuScalar } from "./per_cpu";

/**
 * A per-CPU map: `PERCPU_HASH`, `LRU_PERCPU_HASH`, and `PERCPU_ARRAY` with `K` `u32`. `P` is {@link PerCpu} or {@link PerCpuScalar}. Lookups and updates
 * concern the values of all CPUs, in a buffer that the map owns; they need a loaded object, which tells how many CPUs there are.
 */
export abstract class AnyPerCpuMap<K, P> extends KeyedMap<K> {
  private buffer: P | null = null;
  private address: usize = 0;

  protected abstract view(address: usize, cpus: i32): P;

  /**
   * The buffer that {@link lookup} fills and {@link update} takes, zeroed at first; null before the object is loaded.
   */
  get values(): P | null {
    if (this.buffer === null) {
      const bytes = this.valueBytes;
      if (bytes <= 0) return null;
      this.address = heap.alloc(bytes);
      memory.fill(this.address, 0, bytes);
      this.buffer = this.view(this.address, bytes / ((this.valueSize + 7) & ~7));
      keep();
    }
    return this.buffer;
  }

  /** Copies of the values, valid until the next lookup in this map; or null: nothing has that key, or {@link error} says why. */
  lookup(key: K): P | null {
    const handle = this.handle;
    const values = this.values;
    if (handle < 0 || values === null) return null;
    const result = map_lookup(handle, this.keyAddress(key), this.address, 0);
    if (result < 0) {
      this.failed(result);
      return null;
    }
    return values;
  }

  /** Stores {@link values}, one for each CPU. 0, or a negative errno. */
  update(key: K, how: i32 = 0): i32 {
    const handle = this.handle;
    if (handle < 0) return handle;
    if (this.values === null) return this.error;
    const result = map_update(handle, this.keyAddress(key), this.address, how);
    return result < 0 ? this.failed(result) : result;
  }
}

/** A per-CPU map whose values are views. */
export class PerCpuMap<K, V> extends AnyPerCpuMap<K, PerCpu<V>> {
  protected view(address: usize, cpus: i32): PerCpu<V> {
    return new PerCpu<V>(address, cpus, this.valueSize);
  }
}

/** A per-CPU map whose values are numbers of type `T`. */
export class ScalarPerCpuMap<K, T> extends AnyPerCpuMap<K, PerCpuScalar<T>> {
  protected view(address: usize, cpus: i32): PerCpuScalar<T> {
    return new PerCpuScalar<T>(address, cpus, this.valueSize);
  }

  /** The sum over all CPUs, or `missing` if nothing has that key. */
  sum(key: K, missing: T): T {
    const found = this.lookup(key);
    return found === null ? missing : found.sum();
  }
}
