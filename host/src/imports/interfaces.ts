import type { ImportContext } from "./context.js";
import { readText } from "./text.js";

/** `interface_index`, see docs/abi.md. */
export function interfaceImports(context: ImportContext) {
  return {
    interface_index: context.cold("interface_index", (name, length) =>
      context.session.interfaceIndex(
        readText(context.memory, name, length, "the interface's name"),
      ),
    ),
  };
}
