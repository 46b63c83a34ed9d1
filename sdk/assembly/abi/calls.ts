/**
 * The imports that take text, for callers that have a `string`.
 *
 * @module
 */
import { last_error, object_find_map, object_find_program, object_open } from "./wbpf";

/** Opens an object; see `object_open` in docs/abi.md. */
export function openObject(bytes: usize, length: i32, name: string): i32 {
  const text = String.UTF8.encode(name);
  return object_open(bytes, length, changetype<usize>(text), text.byteLength);
}

/** Finds a map by name; see `object_find_map`. */
export function findMap(object: i32, name: string): i32 {
  const text = String.UTF8.encode(name);
  return object_find_map(object, changetype<usize>(text), text.byteLength);
}

/** Finds a program by name; see `object_find_program`. */
export function findProgram(object: i32, name: string): i32 {
  const text = String.UTF8.encode(name);
  return object_find_program(object, changetype<usize>(text), text.byteLength);
}

/** The host's text for the latest call that failed, empty if there is none. */
export function hostError(): string {
  const length = last_error(0, 0);
  if (length <= 0) return "";
  const text = new ArrayBuffer(length);
  last_error(changetype<usize>(text), length);
  return String.UTF8.decode(text);
}
