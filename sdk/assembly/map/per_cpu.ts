import { viewAt } from "../abi/memory";
import { checkIndex } from "../view/bounds";
import { Scalar } from "../view/scalar";

/** The values of one element of a per-CPU map, one for each possible CPU, each 8-aligned as the kernel lays them out. */
export class PerCpu<V> {
  /** Bytes from one CPU's value to the next: the value's size rounded up to 8. */
  readonly stride: i32;

  /**
   * @param address of the first CPU's value
   * @param cpus possible CPUs, as the kernel counts them (`/sys/devices/system/cpu/possible`)
   */
  constructor(
    readonly address: usize,
    readonly cpus: i32,
    valueSize: i32,
  ) {
    this.stride = (valueSize + 7) & ~7;
  }

  /** The value of a CPU. */
  at(cpu: i32): V {
    checkIndex(cpu, this.cpus);
    return viewAt<V>(this.address + <usize>cpu * this.stride);
  }
}

/** {@link PerCpu} numbers. */
export class PerCpuScalar<T> extends PerCpu<Scalar<T>> {
  /** The sum over all CPUs, which wraps around as `T` does. */
  sum(): T {
    let total: T = 0;
    for (let cpu = 0; cpu < this.cpus; cpu++)
      total += load<T>(this.address + <usize>cpu * this.stride);
    return total;
  }
}
