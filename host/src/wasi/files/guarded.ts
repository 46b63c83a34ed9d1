import type { WasiImport } from "../context.js";
import { WasiErrno, wasiResult } from "../errno.js";

/** A WASI function whose body returns nothing when all went well, and throws what it fails with. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are i32 (number) or i64 (bigint), as each signature says
export function guarded(name: string, body: (...args: any[]) => void): WasiImport {
  return (...args) => {
    try {
      body(...args);
      return WasiErrno.success;
    } catch (error) {
      return wasiResult(name, error);
    }
  };
}

/** The functions of a record, each guarded under its own name. */
export function guardedAll(
  // biome-ignore lint/suspicious/noExplicitAny: as above
  bodies: Readonly<Record<string, (...args: any[]) => void>>,
): Record<string, WasiImport> {
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [name, guarded(name, body)]),
  );
}
