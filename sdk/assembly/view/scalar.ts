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

  toString(): string {
    return load<T>(changetype<usize>(this)).toString();
  }
}
