import { readCalls } from "../../portable/calls.js";
import { isHandlerCall } from "../handlers.js";
import type { Binaryen, Module } from "../ir.js";
import { WAITING_IMPORTS } from "./imports.js";

/** A function that waits and is called as a function value, or by one that is; names are the compiler's. */
export interface IndirectWait {
  /** The first on the way to the wait that is the user's own; else the one that is called. */
  readonly name: string;
  /** What it calls to wait. */
  readonly callee: string;
}

/**
 * Finds functions that wait and are called through the table. Asyncify leaves their callers as they are: these would run on, with a result that is none, while the stack unwinds. Virtual methods are
 * not among them, as the compiler calls those by name; handlers of records are, as the SDK calls its loop over a batch through the table.
 *
 * @param module not yet optimised, so that functions have the compiler's names
 */
export function findIndirectWaits(b: Binaryen, module: Module): IndirectWait[] {
  const calls = readCalls(module.emitText());
  const steps = stepsToWait(b, module, calls);
  const found = new Map<string, IndirectWait>();
  for (const root of tableOf(b, module)) {
    if (!steps.has(root)) continue;
    let name = root;
    while (!isUsers(name) && steps.has(name)) name = steps.get(name) as string;
    if (!steps.has(name)) name = root;
    found.set(name, { name, callee: steps.get(name) as string });
  }
  return [...found.values()];
}

/** Functions that may wait, each with the function that it calls to do so, on the shortest way. */
function stepsToWait(
  b: Binaryen,
  module: Module,
  calls: ReadonlyMap<string, readonly { readonly callee: string }[]>,
): ReadonlyMap<string, string> {
  const callers = new Map<string, string[]>();
  for (const [caller, all] of calls)
    for (const { callee } of all) callers.set(callee, [...(callers.get(callee) ?? []), caller]);
  const steps = new Map<string, string>();
  const open = waitingImports(b, module);
  // It grows while it is gone through.
  for (const name of open) {
    for (const caller of callers.get(name) ?? []) {
      if (steps.has(caller)) continue;
      steps.set(caller, name);
      open.push(caller);
    }
  }
  return steps;
}

/** The compiler's names of the imports that wait. */
function waitingImports(b: Binaryen, module: Module): string[] {
  const names: string[] = [];
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const { name, module: from, base } = b.getFunctionInfo(module.getFunctionByIndex(i));
    if (WAITING_IMPORTS.includes(`${from}.${base}`)) names.push(name);
  }
  return names;
}

function tableOf(b: Binaryen, module: Module): Set<string> {
  const names = new Set<string>();
  for (let i = 0; i < module.getNumElementSegments(); i++)
    for (const name of b.getElementSegmentInfo(module.getElementSegmentByIndex(i)).data)
      names.add(name);
  return names;
}

/** Whether it is of the tool's own files: not a package's or the library's, and not what stands for a handler. */
const isUsers = (name: string): boolean => !name.startsWith("~") && !isHandlerCall(name);
