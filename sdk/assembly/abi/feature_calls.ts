/**
 * The imports that ask about the kernel by name, for callers that have a `string`.
 *
 * @module
 */
import { readText } from "../view/text";
import { kernel_type, type_name } from "./wbpf_features";

/** More than any name that libbpf has. */
const CAPACITY: i32 = 64;
const name: usize = memory.data(CAPACITY);

/** The id of a type of the kernel; see `kernel_type` in docs/abi.md. */
export function kernelType(type: string, kind: i32, module: string): i32 {
  const text = String.UTF8.encode(type);
  const place = String.UTF8.encode(module);
  return kernel_type(
    changetype<usize>(text),
    text.byteLength,
    kind,
    changetype<usize>(place),
    place.byteLength,
  );
}

/** The name of an enumerator, empty if there is none; see `type_name`. */
export function typeName(kind: i32, number: i32): string {
  const length = type_name(kind, number, name, CAPACITY);
  return length <= 0 ? "" : readText(name, min(length, CAPACITY));
}
