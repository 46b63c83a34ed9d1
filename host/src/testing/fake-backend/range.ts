/** So many bytes of a memory; `undefined`: they are not all in it. */
export function range(
  memory: { readonly buffer: ArrayBuffer },
  pointer: number,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (pointer + length > memory.buffer.byteLength) return undefined;
  return new Uint8Array(memory.buffer, pointer, length);
}
