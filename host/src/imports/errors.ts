import type { ImportContext } from "./context.js";
import { writeText } from "./text.js";

/** `last_error`, see docs/abi.md. */
export function errorImports(context: ImportContext) {
  const { memory } = context;
  return {
    last_error: (buf: number, cap: number): number => {
      const before = context.lastError;
      try {
        return writeText(memory, before, buf, cap, "last_error's buffer");
      } catch (error) {
        const result = context.recover("last_error", error);
        context.lastError = before;
        return result;
      }
    },
  };
}
