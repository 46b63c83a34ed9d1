import type { AttachedKind } from "./attached.js";

/** How a folder is built. Everything has a default. */
export interface BuildOptions {
  /** Unoptimised, with names and a source map, so that a trap tells the user's file and line. */
  readonly debug?: boolean;
  /** For the hosts of the published `wasm_bpf` ABI, and ours: docs/portable.md. */
  readonly portable?: boolean;
  /** Can be suspended where it waits, so that a thread can have several such modules: docs/build.md, "Sharing a thread". Not with `portable`. */
  readonly shared?: boolean;
  /** Where the module goes; `build/NAME.wasm` in the folder unless told, `build/NAME.portable.wasm` for a portable one. */
  readonly output?: string;
  /** Build everything, also what has not changed. */
  readonly force?: boolean;
  /** Fail if handling a record makes objects: docs/build.md, "Memory". */
  readonly noAllocation?: boolean;
  /** Types to emit besides those that maps, globals and programs reach, by name as in C. */
  readonly types?: readonly string[];
  /** Event type of a ring buffer by the name of its map, for maps that declare none. */
  readonly events?: Readonly<Record<string, string>>;
  /** More arguments for clang. */
  readonly clangArguments?: readonly string[];
  /** Writes `vmlinux.h` of the running kernel; without it, a source that includes it must have one in its folder. */
  readonly vmlinuxHeader?: () => Promise<string>;
  /** Finds out what a module asks for; without it, the module has no manifest. */
  readonly findPermissions?: FindPermissions;
  /** Gets the lines that tell what is being done. Nobody unless told. */
  readonly onProgress?: (line: string) => void;
  /** Gets diagnostics of clang and asc, each ready to print. They go to stderr unless told. */
  readonly onDiagnostics?: (text: string) => void;
}

/** A module as it was compiled, before it says anything of itself. */
export interface CompiledModule {
  readonly wasm: Uint8Array;
  readonly objects: readonly BuiltObject[];
  /** Where it attaches programs, as far as the source says. */
  readonly attached: readonly AttachedKind[];
  /** What the tool's author says of what only a run can tell: `permissions.yaml` in its folder, if there is one. */
  readonly said: { readonly file: string; readonly text: string } | undefined;
}

/**
 * Gives what becomes `permissions` of the module's section (docs/abi.md), as JSON; `undefined`: it could not be found out, and the user was told why.
 * @throws whatever is wrong with what the author says
 */
export type FindPermissions = (module: CompiledModule) => Promise<object | undefined>;

/** What a build made. */
export interface BuildResult {
  readonly name: string;
  /** The module. */
  readonly wasm: string;
  /** Its source map, for a debug build. */
  readonly map: string | undefined;
  readonly wasmSize: number;
  /** Why the module has a garbage collector; undefined if it has none, or if it was asked for (docs/build.md, "Memory"). */
  readonly collector: string | undefined;
  readonly objects: readonly BuiltObject[];
  /** Files that were made anew; empty if nothing had changed. */
  readonly rebuilt: readonly string[];
}

export interface BuiltObject {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
}
