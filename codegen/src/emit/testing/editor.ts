import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Complaints about decorators, which editors do show: TypeScript has none on functions (1206) and only one for a getter and its setter (1207), and wants the
 * constructor of a decorated class to be public (1238). AssemblyScript needs them in those places.
 */
const DECORATORS: readonly number[] = [1206, 1207, 1238];

/**
 * What an editor shows, apart from decorators, for AssemblyScript sources, with the options of `assemblyscript/std/assembly.json`, in the files given and in nothing that they import. The
 * TypeScript is ts-morph's: version 7 does not take AssemblyScript's own types.
 *
 * @param files text by path; paths lie below `examples`, so that the SDK is found
 */
export function editorDiagnostics(files: Readonly<Record<string, string>>): string[] {
  const named = new Map(
    Object.entries(files).map(([name, text]) => [`${ROOT}examples/${name}`, text]),
  );
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noLib: true,
    noEmit: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    strict: true,
    strictPropertyInitialization: false,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  host.readFile = (file) =>
    named.get(file) ?? (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  host.fileExists = (file) => named.has(file) || existsSync(file);
  host.getSourceFile = (file, version) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, version, true);
  };
  const std = `${ROOT}node_modules/assemblyscript/std/assembly/index.d.ts`;
  const program = ts.createProgram([std, ...named.keys()], options, host);
  return [...named.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ code }) => !DECORATORS.includes(code))
      .map(({ code, messageText, start = 0 }) => {
        const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        const message = ts.flattenDiagnosticMessageText(messageText, " ");
        return `${file.slice(ROOT.length)}:${line}: TS${code} ${message}`;
      });
  });
}
