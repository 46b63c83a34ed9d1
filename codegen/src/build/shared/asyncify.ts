import type { Binaryen, Module } from "../ir.js";
import { WAITING_IMPORTS } from "./imports.js";

/** Arguments of the pass, which binaryen keeps for all modules alike. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  "asyncify-imports": WAITING_IMPORTS.join(),
  // A function through which nothing waits stays as it is, and no function that is called indirectly waits: findIndirectWaits has made sure of it.
  "asyncify-ignore-indirect": "1",
};

/**
 * Has a module changed by Binaryen's pass Asyncify when it is written: then it has been optimised, and what the pass adds to each function is least. A function that waits, or calls one that does,
 * can then be left in the middle and entered there again, with its variables as they were. The module exports what does so, also if it never waits.
 */
export function asyncifyWhenWritten(b: Binaryen, module: Module): void {
  const write = module.emitBinary as (map?: string) => unknown;
  let done = false;
  const writeSuspendable = (map?: string): unknown => {
    // With `converge`, the compiler writes a module several times.
    if (!done) asyncify(b, module);
    done = true;
    return write.call(module, map);
  };
  module.emitBinary = writeSuspendable as typeof module.emitBinary;
}

function asyncify(b: Binaryen, module: Module): void {
  try {
    for (const [name, value] of Object.entries(ARGUMENTS)) b.setPassArgument(name, value);
    module.runPasses(["asyncify"]);
  } finally {
    for (const name of Object.keys(ARGUMENTS)) b.setPassArgument(name, null);
  }
}
