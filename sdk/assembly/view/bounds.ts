/** Ends the module: an index was not below the length of an array. Kept out of line, so that the check costs an access one comparison. */
export function outOfRange(index: i32, length: i32): void {
  throw new RangeError(
    "index " + index.toString() + " is outside an array of " + length.toString(),
  );
}

/** Checks an index into an array of a known length. */
export function checkIndex(index: i32, length: i32): void {
  if (<u32>index >= <u32>length) outOfRange(index, length);
}
