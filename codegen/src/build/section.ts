/**
 * The custom section `wbpf`, by which a module says what it was built for (docs/abi.md).
 *
 * @module
 */

import { customSection, joinSections, splitSections } from "./wasm.js";

/** Version of the ABI that modules are built for. */
export const ABI_VERSION = 1;

/** What the section says. */
export interface ModuleDescription {
  readonly abi: number;
  readonly name: string;
  /** Of the tool's package, if it is one. */
  readonly version?: string;
  readonly sdk: string;
  readonly objects: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** What it asks for; see {@link FindPermissions}. */
  readonly permissions?: object;
}

/** Appends the section `wbpf`. */
export function describe(wasm: Uint8Array, description: ModuleDescription): Uint8Array {
  const content = new TextEncoder().encode(JSON.stringify(description));
  return joinSections(wasm, [...splitSections(wasm), customSection("wbpf", content)]);
}
