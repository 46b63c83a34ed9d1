import type { ImportContext } from "./context.js";
import { MAX_PATH, readText } from "./text.js";

/** What can be pinned. */
interface Pinned {
  pin(path: string): void;
  unpin(path: string): void;
}

/** `pin` and `unpin`, see docs/abi.md. */
export function pinImports(context: ImportContext) {
  const { memory, handles } = context;

  const pinned = (handle: number): Pinned => {
    for (const kind of ["map", "program", "link", "object"] as const) {
      const found = handles.find(handle, kind);
      if (found !== undefined) return found;
    }
    return handles.get(handle, "object");
  };
  const pathAt = (pointer: number, length: number) =>
    readText(memory, pointer, length, "the pin's path", MAX_PATH);

  return {
    pin: context.cold("pin", (handle, path, length) => {
      const target = pinned(handle);
      target.pin(pathAt(path, length));
      return 0;
    }),
    unpin: context.cold("unpin", (handle, path, length) => {
      const target = pinned(handle);
      target.unpin(pathAt(path, length));
      return 0;
    }),
  };
}
