/**
 * The imports of maps that take text, for callers that have a `string`.
 *
 * @module
 */
import {
  map_storage_delete,
  map_storage_lookup,
  map_storage_update,
  map_update_cgroup,
} from "./wbpf_maps";

/** Puts a cgroup in an array; see `map_update_cgroup` in docs/abi.md. */
export function updateCgroup(map: i32, key: usize, path: string): i32 {
  const text = String.UTF8.encode(path);
  return map_update_cgroup(map, key, changetype<usize>(text), text.byteLength);
}

/** The value that belongs to what lies at a path; see `map_storage_lookup`. */
export function storageLookup(map: i32, path: string, value: usize): i32 {
  const text = String.UTF8.encode(path);
  return map_storage_lookup(map, changetype<usize>(text), text.byteLength, value);
}

/** Stores it; see `map_storage_update`. */
export function storageUpdate(map: i32, path: string, value: usize, flags: i32): i32 {
  const text = String.UTF8.encode(path);
  return map_storage_update(map, changetype<usize>(text), text.byteLength, value, flags);
}

/** Deletes it; see `map_storage_delete`. */
export function storageDelete(map: i32, path: string): i32 {
  const text = String.UTF8.encode(path);
  return map_storage_delete(map, changetype<usize>(text), text.byteLength);
}
