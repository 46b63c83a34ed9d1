/**
 * The imports of the `wbpf` ABI for what is done with maps beside looking up, storing and walking. docs/abi.md says what each does.
 *
 * @module
 */

@external("wbpf", "map_lookup_and_delete")
export declare function map_lookup_and_delete(
  map: i32,
  key: usize,
  value: usize,
  flags: i32,
): i32;
@external("wbpf", "map_update_map")
export declare function map_update_map(map: i32, key: usize, inner: i32, flags: i32): i32;
@external("wbpf", "map_update_program")
export declare function map_update_program(map: i32, key: usize, program: i32, flags: i32): i32;
@external("wbpf", "map_update_cgroup")
export declare function map_update_cgroup(map: i32, key: usize, path: usize, pathLen: i32): i32;
@external("wbpf", "map_update_redirect")
export declare function map_update_redirect(map: i32, key: usize, target: i32, program: i32): i32;
@external("wbpf", "map_storage_lookup")
export declare function map_storage_lookup(
  map: i32,
  owner: usize,
  ownerLen: i32,
  value: usize,
): i32;
@external("wbpf", "map_storage_update")
export declare function map_storage_update(
  map: i32,
  owner: usize,
  ownerLen: i32,
  value: usize,
  flags: i32,
): i32;
@external("wbpf", "map_storage_delete")
export declare function map_storage_delete(map: i32, owner: usize, ownerLen: i32): i32;
@external("wbpf", "map_freeze")
export declare function map_freeze(map: i32): i32;
@external("wbpf", "map_id")
export declare function map_id(map: i32): i32;

@external("wbpf", "map_lookup_batch")
export declare function map_lookup_batch(map: i32, args: usize): i32;
@external("wbpf", "map_lookup_and_delete_batch")
export declare function map_lookup_and_delete_batch(map: i32, args: usize): i32;
@external("wbpf", "map_update_batch")
export declare function map_update_batch(map: i32, args: usize): i32;
@external("wbpf", "map_delete_batch")
export declare function map_delete_batch(map: i32, args: usize): i32;
