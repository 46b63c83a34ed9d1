/** A view over a 16-byte integer (`__int128`, `unsigned __int128`), in two halves. */
@unmanaged
export class Int128 {
  private constructor() {}

  /** The low 64 bits. */
  get lo(): u64 {
    return load<u64>(changetype<usize>(this));
  }
  set lo(value: u64) {
    store<u64>(changetype<usize>(this), value);
  }

  /** The high 64 bits; of a signed number the sign is its highest. */
  get hi(): u64 {
    return load<u64>(changetype<usize>(this), 8);
  }
  set hi(value: u64) {
    store<u64>(changetype<usize>(this), value, 8);
  }

  /** As 32 hexadecimal digits. */
  toString(): string {
    return "0x" + this.hi.toString(16).padStart(16, "0") + this.lo.toString(16).padStart(16, "0");
  }
}
