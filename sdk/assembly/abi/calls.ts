/**
 * The imports that take text, for callers that have a `string`.
 *
 * @module
 */
import { readText } from "../view/text";
import { encodedLength, encodeText } from "./encode";
import {
  interface_index,
  last_error,
  link_open,
  map_name,
  map_reuse_pin,
  object_find_map,
  object_find_program,
  object_log,
  object_open,
  pin,
  program_name,
  program_section,
  program_set_attach_target,
  unpin,
} from "./wbpf";

/** Opens an object; see `object_open` in docs/abi.md. */
export function openObject(bytes: usize, length: i32, name: string): i32 {
  return object_open(bytes, length, encodeText(name), encodedLength);
}

/** Finds a map by name; see `object_find_map`. */
export function findMap(object: i32, name: string): i32 {
  return object_find_map(object, encodeText(name), encodedLength);
}

/** Finds a program by name; see `object_find_program`. */
export function findProgram(object: i32, name: string): i32 {
  return object_find_program(object, encodeText(name), encodedLength);
}

/** The host's text for the latest call that failed, empty if there is none. */
export function hostError(): string {
  const length = last_error(0, 0);
  if (length <= 0) return "";
  const text = new ArrayBuffer(length);
  last_error(changetype<usize>(text), length);
  return readText(changetype<usize>(text), length);
}

/** Pins what a handle stands for; see `pin`. */
export function pinAt(handle: i32, path: string): i32 {
  return pin(handle, encodeText(path), encodedLength);
}

/** Takes a pin away; see `unpin`. */
export function unpinAt(handle: i32, path: string): i32 {
  return unpin(handle, encodeText(path), encodedLength);
}

/** Opens a pinned link; see `link_open`. */
export function openLink(path: string): i32 {
  const text = String.UTF8.encode(path);
  return link_open(changetype<usize>(text), text.byteLength);
}

/** Uses a pinned map; see `map_reuse_pin`. */
export function reusePin(map: i32, path: string): i32 {
  return map_reuse_pin(map, encodeText(path), encodedLength);
}

/** Chooses what a program will attach to; see `program_set_attach_target`. */
export function setAttachTarget(program: i32, target: i32, name: string): i32 {
  return program_set_attach_target(program, target, encodeText(name), encodedLength);
}

/** The index of a network interface; see `interface_index`. */
export function indexOfInterface(name: string): i32 {
  return interface_index(encodeText(name), encodedLength);
}

/** A call that copies a text of the host's and returns its whole length. */
type Copier = (handle: i32, buf: usize, cap: i32) => i32;

/** The whole of a text of the host's; empty after a failure. */
function textOf(handle: i32, copy: Copier): string {
  const length = copy(handle, 0, 0);
  if (length <= 0) return "";
  const text = new ArrayBuffer(length);
  const now = copy(handle, changetype<usize>(text), length);
  return readText(changetype<usize>(text), min(max(now, 0), length));
}

/** The verifier's log; see `object_log`. */
export function objectLog(object: i32): string {
  return textOf(object, (handle, buf, cap) => object_log(handle, buf, cap));
}

/** The name of a program's C function; see `program_name`. */
export function programName(program: i32): string {
  return textOf(program, (handle, buf, cap) => program_name(handle, buf, cap));
}

/** A program's `SEC()` name; see `program_section`. */
export function programSection(program: i32): string {
  return textOf(program, (handle, buf, cap) => program_section(handle, buf, cap));
}

/** A map's name; see `map_name`. */
export function mapName(map: i32): string {
  return textOf(map, (handle, buf, cap) => map_name(handle, buf, cap));
}
