import { BpfError } from "../../backend/backend.js";
import { analyseModule } from "../analyse/module.js";
import { perfEventName } from "../enforce/place-names.js";
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
  /** Where it attaches programs of a type: for each call what it was given, if the source says that of all. */
  readonly attached?: readonly {
    readonly type: string;
    readonly places: readonly (readonly (string | number)[])[];
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
  attached = [],
  said,
}: BuiltModule): Promise<PermissionsDocument | undefined> {
  const told = said === undefined ? {} : parseDocument(said.text, said.file).document;
  try {
    return leastPermissions(analyseModule(wasm, objects), withAttached(told, attached));
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    process.stderr.write(`note: the module has no manifest: ${error.message}\n`);
    return undefined;
  }
}

/** Adds the places that the source says to what the author says, who knows better. */
function withAttached(
  told: PermissionsDocument,
  attached: NonNullable<BuiltModule["attached"]>,
): PermissionsDocument {
  const allow = told.programs?.allow ?? [];
  const more = attached
    .filter(({ type }) => !allow.some((grant) => grant.type === type))
    .map(({ type, places }) => ({
      type,
      targets: [...new Set(places.map((place) => targetOf(type, place)))].sort(),
    }));
  return { ...told, programs: { ...told.programs, allow: [...allow, ...more] } };
}

/** A place as policies name it. */
function targetOf(type: string, place: readonly (string | number)[]): string {
  const [first, second] = place;
  if (type === "perf_event") return perfEventName(Number(first), BigInt(second ?? 0));
  return place.join("/");
}
