import type { Transform } from "assemblyscript/asc";
import { CodegenError } from "../errors.js";
import { trimFrames } from "./frames.js";

/** Names the compiler is asked for; nothing of them exists on disk. */
export const ENTRY = "wbpf-entry";
const ENTRY_FILE = `${ENTRY}.ts`;

/**
 * What the compiler starts from: the user's exports stay exports of the module, and `_start` runs `main` inside the SDK's `start`, which makes an exit
 * code of what it returns.
 */
export const ENTRY_TEXT = `export * from "./main";
import { main } from "./main";
import { start } from "@wbpf/sdk/assembly/start";
start(main());
`;

/** Whether a source as the compiler names it is the entry. */
export function isEntry(source: string): boolean {
  return source === ENTRY_FILE;
}

type Program = Transform["program"];

/** Parts of the compiler's own program model that are looked at here. */
interface FunctionLike {
  readonly typeParameterNodes?: unknown;
  readonly signature?: {
    readonly parameterTypes: readonly unknown[];
    readonly returnType: { toString(): string };
  };
}

/**
 * Checks that the user's main file exports `main(): i32`, before anything is compiled, so that what is wrong is told in the user's terms.
 *
 * @param main the user's file, for messages
 */
function checkMain(program: Program, main: string): void {
  const file = program.filesByName.get("main");
  const element = file?.lookupExport("main") ?? null;
  const wanted = `it must hold \`export function main(): i32\`, whose result is the exit code`;
  if (element === null) throw new CodegenError("NO_MAIN", `${main} exports no main: ${wanted}`);
  // ElementKind.FunctionPrototype; the compiler's enums are not part of what the package exports.
  if (!("functionType" in element) && !("functionTypeNode" in element)) {
    throw new CodegenError("BAD_MAIN", `main of ${main} is not a function: ${wanted}`);
  }
  const prototype = element as unknown as FunctionLike &
    Parameters<Program["resolver"]["resolveFunction"]>[0];
  if (Array.isArray(prototype.typeParameterNodes) && prototype.typeParameterNodes.length > 0) {
    throw new CodegenError("BAD_MAIN", `main of ${main} has type parameters: ${wanted}`);
  }
  const instance = program.resolver.resolveFunction(prototype, null);
  // Unresolved: the compiler itself says which type it does not know.
  if (instance === null) return;
  const { parameterTypes, returnType } = instance.signature;
  const result = returnType.toString();
  if (parameterTypes.length > 0)
    throw new CodegenError("BAD_MAIN", `main of ${main} has parameters: ${wanted}`);
  if (result !== "i32")
    throw new CodegenError("BAD_MAIN", `main of ${main} returns ${result}: ${wanted}`);
}

/**
 * The step inside the compiler: {@link checkMain}; `main` itself does not stay an export, which would keep its code twice; and {@link trimFrames}.
 */
export function entryTransform(main: string, trim: boolean): Transform {
  // A class, whose prototype the compiler gives its binaryen.
  class EntryTransform {
    declare readonly binaryen: Transform["binaryen"];

    afterInitialize(program: Program): void {
      checkMain(program, main);
    }

    afterCompile(module: InstanceType<Transform["binaryen"]["Module"]>): void {
      module.removeExport("main");
      if (trim) trimFrames(this.binaryen, module);
    }
  }
  return EntryTransform as unknown as Transform;
}
