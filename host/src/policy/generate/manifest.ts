import { BpfError } from "../../backend/backend.js";
import { analyseModule } from "../analyse/module.js";
import { parseDocument } from "../file/parse.js";
import type { PermissionsDocument } from "../model/document.js";
import { leastPermissions } from "./least.js";

/** A module that was just compiled. */
export interface BuiltModule {
  readonly wasm: Uint8Array;
  readonly objects: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  /** The file in which its author says what only a run can tell. */
  readonly said: { readonly file: string; readonly text: string } | undefined;
}

/**
 * What a module that was just built asks for: what an analysis finds, narrowed by what its author says.
 * @returns `undefined`, and says so on stderr, if its objects cannot be looked into here
 * @throws PolicyError what is wrong with the author's file
 */
export async function findPermissions({
  wasm,
  objects,
  said,
}: BuiltModule): Promise<PermissionsDocument | undefined> {
  const told = said === undefined ? {} : parseDocument(said.text, said.file).document;
  try {
    return leastPermissions(analyseModule(wasm, objects), told);
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    process.stderr.write(`note: the module has no manifest: ${error.message}\n`);
    return undefined;
  }
}
