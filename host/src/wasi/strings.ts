import type { WasiContext, WasiImport } from "./context.js";
import { WasiErrno, wasiResult } from "./errno.js";

/** `args_*` and `environ_*`. */
export function stringImports(context: WasiContext): Record<string, WasiImport> {
  const { memory } = context;
  const args = encode(context.args);
  const env = encode(Object.entries(context.env).map(([name, value]) => `${name}=${value}`));

  const sizes = (name: string, list: readonly Uint8Array[]) => (count: number, size: number) => {
    try {
      memory.check(count, 4, name);
      memory.setU32(size, byteLength(list), name);
      memory.setU32(count, list.length, name);
      return WasiErrno.success;
    } catch (error) {
      return wasiResult(name, error);
    }
  };

  const get = (name: string, list: readonly Uint8Array[]) => (pointers: number, buffer: number) => {
    try {
      memory.check(pointers, 4 * list.length, name);
      const target = memory.bytes(buffer, byteLength(list), name);
      let offset = 0;
      list.forEach((text, i) => {
        memory.setU32((pointers >>> 0) + 4 * i, (buffer >>> 0) + offset, name);
        target.set(text, offset);
        offset += text.length;
      });
      return WasiErrno.success;
    } catch (error) {
      return wasiResult(name, error);
    }
  };

  return {
    args_sizes_get: sizes("args_sizes_get", args),
    args_get: get("args_get", args),
    environ_sizes_get: sizes("environ_sizes_get", env),
    environ_get: get("environ_get", env),
  };
}

/** Each with its final NUL. */
function encode(texts: readonly string[]): Uint8Array[] {
  const encoder = new TextEncoder();
  return texts.map((text) => encoder.encode(`${text}\0`));
}

const byteLength = (list: readonly Uint8Array[]): number =>
  list.reduce((sum, text) => sum + text.length, 0);
