/** A text with a final NUL byte, as the hosts read it. */
export function terminated(text: string): ArrayBuffer {
  return String.UTF8.encode(text, true);
}

/** The text in a range. */
export function textAt(pointer: usize, length: i32): string {
  return String.UTF8.decodeUnsafe(pointer, length);
}
