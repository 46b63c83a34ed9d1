import type { GuestMemory } from "../memory/guest-memory.js";
import type { FileAccess } from "../policy/model/document.js";
import type { DescriptorTable } from "./files/table.js";

/** Where a module's output goes. */
export interface Output {
  /**
   * Writes a range of the module's memory that is known to lie inside it.
   * @param fd 1 or 2
   * @returns bytes written, or a negative Linux errno
   */
  write(fd: number, pointer: number, length: number): number;
}

/** What the WASI functions of one instance share. */
export interface WasiContext {
  readonly memory: GuestMemory;
  /** The module's name, then its arguments. */
  readonly args: readonly string[];
  /** The variables that the module may see. */
  readonly env: Readonly<Record<string, string>>;
  readonly output: Output;
  /** Its descriptors: the standard ones, and those of files and directories that were granted. Whoever made it closes all of them at the end. */
  readonly files: DescriptorTable;
  /**
   * Asked before a file of the host is opened or changed, and throws a `BpfError` if that may not be.
   * @param path the file's real path on the host
   */
  readonly mayUse: (call: string, path: string, access: FileAccess) => void;
  /**
   * Waits for a time in milliseconds.
   * @returns 0, or `-ECANCELED` when the module is to stop
   */
  readonly sleep: (timeoutMs: number) => number;
  /** Whether the module was suspended in that wait: its frames return at once, and later it makes the same call again. Absent: it never is. */
  readonly suspending?: () => boolean;
}

/** Any function that Wasm may import. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are i32 (number) or i64 (bigint), as each signature says
export type WasiImport = (...args: any[]) => number | undefined;
