/** A view over one number, such as the value of a map that holds `__u64`: the reference is the number's address. */
@unmanaged
export class Scalar<T> {
  private constructor() {}

  get value(): T {
    return load<T>(changetype<usize>(this));
  }

  set value(value: T) {
    store<T>(changetype<usize>(this), value);
  }

  /**
   * Adds to the number in one step, so that a BPF program's `__sync_fetch_and_add` on it is not lost: for a number in a live map. 32 and 64 bits only. Returns
   * what it was.
   */
  add(value: T): T {
    return atomic.add<T>(changetype<usize>(this), value);
  }

  toString(): string {
    return load<T>(changetype<usize>(this)).toString();
  }
}
