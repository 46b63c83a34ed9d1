import { BpfError } from "../../backend/backend.js";
import type { BuiltModule } from "../../cli/codegen.js";
import { analyseModule } from "../analyse/module.js";
import { parseDocument } from "../file/parse.js";
import type { PermissionsDocument } from "../model/document.js";
import { leastPermissions } from "./least.js";

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
