/** What the object says of a map. The published ABI cannot be asked for it. */
export class MapFacts {
  /**
   * @param type `enum bpf_map_type`
   * @param keySize in bytes
   * @param valueSize in bytes
   */
  constructor(
    readonly type: i32,
    readonly keySize: i32,
    readonly valueSize: i32,
    readonly maxEntries: i32,
    readonly flags: i32,
  ) {}
}
