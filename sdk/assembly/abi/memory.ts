/**
 * The only place, besides generated code, where a reference and an address are taken for each other.
 *
 * @module
 */

/** The address of a reference: of an `ArrayBuffer`'s first byte, of a view's first byte. */
@inline
export function addressOf<T>(reference: T): usize {
  return changetype<usize>(reference);
}

/** A view over the bytes at `address`. `T` is an unmanaged class: nothing is allocated, nothing is copied. */
@inline
export function viewAt<T>(address: usize): T {
  return changetype<T>(address);
}
