import { ExitSignal } from "../imports/signals.js";
import type { WasiContext, WasiImport } from "./context.js";
import { WasiErrno, wasiResult } from "./errno.js";

/** `crypto.getRandomValues` refuses to fill more at once. */
const RANDOM_CHUNK = 65_536;

/** `proc_exit`, `sched_yield`, `random_get`. */
export function processImports({ memory }: WasiContext): Record<string, WasiImport> {
  return {
    proc_exit: (code: number) => {
      throw new ExitSignal(code >>> 0);
    },
    sched_yield: () => WasiErrno.success,
    random_get: (pointer: number, length: number) => {
      try {
        const target = memory.bytes(pointer, length, "random_get's buffer");
        for (let at = 0; at < target.length; at += RANDOM_CHUNK) {
          crypto.getRandomValues(target.subarray(at, at + RANDOM_CHUNK));
        }
        return WasiErrno.success;
      } catch (error) {
        return wasiResult("random_get", error);
      }
    },
  };
}
