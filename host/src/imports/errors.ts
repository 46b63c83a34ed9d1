import type { ImportContext } from "./context.js";

/** Longest prefix of `bytes` within `cap` that does not end inside a UTF-8 character. */
function cutBetweenCharacters(bytes: Uint8Array, cap: number): Uint8Array {
  if (bytes.length <= cap) return bytes;
  let end = cap;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** `last_error`, see docs/abi.md. */
export function errorImports(context: ImportContext) {
  const { memory } = context;
  const encoder = new TextEncoder();
  return {
    last_error: (buf: number, cap: number): number => {
      const before = context.lastError;
      try {
        const text = encoder.encode(before);
        const target = memory.bytes(buf, cap, "last_error's buffer");
        target.set(cutBetweenCharacters(text, target.length));
        return text.length;
      } catch (error) {
        const result = context.recover("last_error", error);
        context.lastError = before;
        return result;
      }
    },
  };
}
