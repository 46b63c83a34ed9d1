/**
 * The failures that this package reports. Each has a short `message` in plain words, a stable `code` to branch on, and the `cause` if there is one.
 *
 * @module
 */

/** The base of every error class of this package, except {@link BpfError}, whose `code` is an errno's name. */
export class WbpfError extends Error {
  override readonly name: string = "WbpfError";
  /** Stable, for programs: see the subclasses. */
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Why a module was refused before anything of it ran. */
export type ModuleErrorCode =
  /** The file could not be read. */
  | "MODULE_UNREADABLE"
  /** It does not start as a Wasm module does. */
  | "MODULE_NOT_WASM"
  /** It ends in the middle of a section. */
  | "MODULE_TRUNCATED"
  /** V8 refuses it. */
  | "MODULE_INVALID"
  /** It imports from `wbpf` and does not say for which version of the ABI it was built. */
  | "MODULE_NO_ABI"
  /** Its `wbpf` section is not what docs/abi.md says. */
  | "MODULE_BAD_SECTION"
  /** It was built for a version of the ABI that this host does not serve. */
  | "MODULE_ABI"
  /** It imports something that this host does not have, or has with another type. */
  | "MODULE_IMPORT"
  /** It does not export what a module has to, or has a kind of memory that the host cannot serve. */
  | "MODULE_EXPORT"
  /** It contains what it does not ask for in its manifest. */
  | "MODULE_MANIFEST"
  /** It is larger from the start than the limits of its policy. */
  | "MODULE_LIMIT"
  /** It is to share a thread, and was not built for that. */
  | "MODULE_NOT_SHARED";

/** A module that cannot run here. */
export class ModuleError extends WbpfError {
  override readonly name = "ModuleError";
  declare readonly code: ModuleErrorCode;

  constructor(code: ModuleErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** The host itself could not do its part: the backend could not be loaded, the Worker ran out of memory, an import failed in an unforeseen way. */
export class HostError extends WbpfError {
  override readonly name = "HostError";

  constructor(message: string, options?: { code?: string; cause?: unknown }) {
    super(options?.code ?? "HOST_FAILURE", message, options);
  }
}

/** An option that makes no sense: a fault of the calling program or of the command line. `code` is `"USAGE"`. */
export class UsageError extends WbpfError {
  override readonly name = "UsageError";

  constructor(message: string, options?: { cause?: unknown }) {
    super("USAGE", message, options);
  }
}

/** One function of a module that was running when it trapped, the innermost first. */
export interface TrapFrame {
  /** As in the module's name section, without the file that asc puts before it; `undefined` if the module carries no names. */
  readonly functionName: string | undefined;
  /** Byte offset of the instruction in the `.wasm` file. */
  readonly offset: number;
  /** The user's source, if the module has a source map. `line` and `column` count from 1. */
  readonly source:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
}

/** What went wrong inside a module. */
export type TrapKind =
  | "unreachable"
  | "memory-out-of-bounds"
  | "divide-by-zero"
  | "integer-overflow"
  | "table-out-of-bounds"
  | "bad-indirect-call"
  | "stack-overflow"
  | "uncaught-exception"
  | "other";

/** A module that trapped. `code` is `"TRAP"`. */
export class TrapError extends WbpfError {
  override readonly name = "TrapError";
  readonly kind: TrapKind;
  readonly frames: readonly TrapFrame[];

  constructor(kind: TrapKind, message: string, frames: readonly TrapFrame[]) {
    super("TRAP", message);
    this.kind = kind;
    this.frames = frames;
  }
}

/** The message of whatever was thrown, as one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, " ").trim();
}
