/**
 * Attach options as docs/abi.md lays them out: fields one after the other, without padding.
 *
 * @module
 */

/** More than the options of any kind take. */
const CAPACITY: i32 = 128;

/** Where they are written. */
const bytes: usize = memory.data(CAPACITY, 8);

/** Writes the options of one call. Used again for the next: a program is attached by one call at a time. */
export class Options {
  /** What the addresses among the bytes point to, so that it is not collected before the call. */
  private kept: ArrayBuffer[] = [];
  length: i32 = 0;

  get address(): usize {
    return bytes;
  }

  clear(): this {
    this.length = 0;
    this.kept = [];
    return this;
  }

  u32(value: u32): this {
    store<u32>(this.address + this.length, value);
    this.length += 4;
    return this;
  }

  i32(value: i32): this {
    return this.u32(<u32>value);
  }

  u64(value: u64): this {
    store<u64>(this.address + this.length, value);
    this.length += 8;
    return this;
  }

  flag(value: bool): this {
    return this.u32(value ? 1 : 0);
  }

  text(value: string): this {
    const encoded = String.UTF8.encode(value);
    this.kept.push(encoded);
    return this.u32(<u32>changetype<usize>(encoded)).u32(encoded.byteLength);
  }

  texts(values: string[]): this {
    const pairs = new ArrayBuffer(values.length << 3);
    this.kept.push(pairs);
    for (let i = 0; i < values.length; i++) {
      const encoded = String.UTF8.encode(values[i]);
      this.kept.push(encoded);
      const at = changetype<usize>(pairs) + (<usize>i << 3);
      store<u32>(at, <u32>changetype<usize>(encoded));
      store<u32>(at, encoded.byteLength, 4);
    }
    return this.u32(<u32>changetype<usize>(pairs)).u32(values.length);
  }

  numbers(values: u64[]): this {
    const array = new ArrayBuffer(values.length << 3);
    this.kept.push(array);
    for (let i = 0; i < values.length; i++) {
      store<u64>(changetype<usize>(array) + (<usize>i << 3), values[i]);
    }
    return this.u32(<u32>changetype<usize>(array)).u32(values.length);
  }
}

let shared: Options | null = null;

/** Empty options to write into. */
export function options(): Options {
  let made = shared;
  if (made === null) {
    made = new Options();
    shared = made;
  }
  return made.clear();
}
