/** A LEB128 of at most 32 bits, and where it ends. */
function leb128(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  let at = start;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80 || shift > 28) return [value >>> 0, at];
  }
}

/** A Wasm binary (core specification, chapter 5) without its custom sections of that name. */
export function withoutSection(wasm: Uint8Array, name: string): Uint8Array {
  const kept: Uint8Array[] = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length; ) {
    const [size, content] = leb128(wasm, at + 1);
    const end = content + size;
    const [length, text] = leb128(wasm, content);
    const label = new TextDecoder().decode(wasm.subarray(text, text + length));
    if (wasm[at] !== 0 || label !== name) kept.push(wasm.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
