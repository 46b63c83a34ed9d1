import { messageOf } from "../errors.js";

/** Thrown through the module's frames by `proc_exit`. Not an Error: nobody needs its stack. */
export class ExitSignal {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Thrown through the module's frames when an import failed in a way that no errno tells: it ends the module, and its message says why. */
export class ImportFault extends Error {
  override readonly name = "ImportFault";
}

/** A module whose start section calls the host, at a time when its memory cannot be reached yet. */
export function calledTooEarly(): ImportFault {
  return new ImportFault(
    "the module called the host while it was being instantiated; only _start may do that",
  );
}

/** What to throw through the module for something that was thrown inside an import and has no errno. */
export function endsModule(name: string, error: unknown): unknown {
  if (error instanceof ExitSignal || error instanceof ImportFault) return error;
  // The module's own recursion used up the stack, and the import was only the last to be called.
  if (error instanceof RangeError && /call stack/.test(error.message)) return error;
  return new ImportFault(`${name} failed in the host: ${messageOf(error)}`, { cause: error });
}
