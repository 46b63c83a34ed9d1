import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * All that an editor shows for AssemblyScript sources in the files given, and for nothing that they import. The options are those of `examples/tsconfig.json`, as a
 * project of `create-wbpf` has them: AssemblyScript's own. The TypeScript is ts-morph's: version 7 does not take AssemblyScript's types.
 *
 * @param files text by path; paths lie below `examples`, so that the SDK is found
 */
export function editorDiagnostics(files: Readonly<Record<string, string>>): string[] {
  const named = new Map(
    Object.entries(files).map(([name, text]) => [`${ROOT}examples/${name}`, text]),
  );
  const config = ts.readConfigFile(`${ROOT}examples/tsconfig.json`, ts.sys.readFile);
  const { options, errors } = ts.parseJsonConfigFileContent(
    config.config,
    ts.sys,
    `${ROOT}examples`,
    { noEmit: true },
  );
  const host = ts.createCompilerHost(options);
  host.readFile = (file) =>
    named.get(file) ?? (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  host.fileExists = (file) => named.has(file) || existsSync(file);
  host.getSourceFile = (file, version) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, version, true);
  };
  const program = ts.createProgram([...named.keys()], options, host);
  const own = [...named.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  return [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own,
  ].map(({ code, messageText, file, start = 0 }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    const message = ts.flattenDiagnosticMessageText(messageText, " ");
    return `${file?.fileName.slice(ROOT.length) ?? "project"}:${line}: TS${code} ${message}`;
  });
}
