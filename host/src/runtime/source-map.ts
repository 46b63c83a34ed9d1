import type { TrapFrame } from "../errors.js";
import { readFunctionStarts } from "../wasm/code.js";

/** Finds the user's source for a byte offset in a module. */
export type SourceLocator = (offset: number) => TrapFrame["source"];

/**
 * Reads a source map, as asc makes it.
 * @param bytes of the module
 * @returns a locator that finds nothing if the map is broken
 */
export async function sourceLocator(map: string, bytes: Uint8Array): Promise<SourceLocator> {
  // Only a module that traps needs it.
  const { decodedMappings, TraceMap } = await import("@jridgewell/trace-mapping");
  try {
    const trace = new TraceMap(map);
    // A module counts as one line, and its byte offsets as columns.
    const segments = decodedMappings(trace)[0] ?? [];
    const starts = readFunctionStarts(bytes);
    return (offset) => {
      // asc leaves gaps, such as at a call whose arguments are calls: what stands before it in the same function is the nearest that is known.
      const functionStart = starts.findLast((start) => start <= offset) ?? 0;
      const segment = segments.findLast((s) => s[0] <= offset && s.length > 1);
      if (segment === undefined || segment.length === 1 || segment[0] < functionStart) {
        return undefined;
      }
      const file = trace.sources[segment[1]];
      if (file === null || file === undefined) return undefined;
      return { file, line: segment[2] + 1, column: segment[3] + 1 };
    };
  } catch {
    return () => undefined;
  }
}
