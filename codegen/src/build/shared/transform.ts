import type { Transform } from "assemblyscript/asc";
import { CodegenError } from "../../errors.js";
import { formatDiagnostic, position, type SourceRange } from "../diagnostics.js";
import { shown } from "../files.js";
import type { Binaryen, Module } from "../ir.js";
import { shownName } from "../regions/names.js";
import { asyncifyWhenWritten } from "./asyncify.js";
import { findIndirectWaits, type IndirectWait } from "./indirect.js";

/** Parts of the compiler's model of a program that are looked at here. */
interface ProgramModel {
  readonly instancesByName: ReadonlyMap<
    string,
    {
      readonly declaration: {
        readonly range: {
          readonly start: number;
          readonly end: number;
          readonly source: { readonly normalizedPath: string };
        };
      };
    }
  >;
}

/**
 * The step inside the compiler that makes a module which can be suspended where it waits. It has to come before steps that change which function calls which.
 *
 * @param main the user's file, for messages
 * @param locate the place of a part of a source as the compiler names it; undefined if there is no such file
 * @param show gets a diagnostic for each function that could not be suspended
 * @returns a class, which throws inside the compiler a CodegenError `WAITS_INDIRECTLY` if there are such functions
 */
export function sharedTransform(
  main: string,
  locate: (source: string, start: number, end: number) => SourceRange | undefined,
  show: (text: string) => void,
): Transform {
  class SharedTransform {
    declare readonly binaryen: Transform["binaryen"];
    declare readonly program: Transform["program"];

    afterCompile(module: Module): void {
      const b = this.binaryen as Binaryen;
      this.refuse(findIndirectWaits(b, module));
      asyncifyWhenWritten(b, module);
    }

    private refuse(waits: readonly IndirectWait[]): void {
      const [first] = waits;
      if (first === undefined) return;
      for (const wait of waits) show(formatDiagnostic("error", sentence(wait), this.placeOf(wait)));
      const place = this.placeOf(first);
      const where =
        place === undefined
          ? main
          : `${shown(place.file)}:${position(place.text, place.start).line}`;
      throw new CodegenError(
        "WAITS_INDIRECTLY",
        `${where}: ${sentence(first)}: wait in main and in what it calls by name, or build without --shared`,
      );
    }

    private placeOf({ name }: IndirectWait): SourceRange | undefined {
      const { instancesByName } = this.program as unknown as ProgramModel;
      const range = instancesByName.get(name.replace(/@varargs$/, ""))?.declaration.range;
      return range && locate(range.source.normalizedPath, range.start, range.end);
    }
  }
  return SharedTransform as unknown as Transform;
}

function sentence({ name, callee }: IndirectWait): string {
  const waiting = shownName(callee).replace(/ of .*/, "");
  return `${shownName(name)} calls ${waiting}, which may wait, but a shared module cannot be suspended in a handler or a function value`;
}
