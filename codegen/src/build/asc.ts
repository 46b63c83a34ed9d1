import path from "node:path";
import type { APIOptions } from "assemblyscript/asc";
import { CodegenError } from "../errors.js";
import type { PortableTarget } from "../portable/index.js";
import { findAsconfig, wantsCollector } from "./asconfig.js";
import { type AttachedKind, attachedTransform } from "./attached.js";
import { CompilerCrash, withoutCrash } from "./crash.js";
import { formatDiagnostic } from "./diagnostics.js";
import { ENTRY, entryTransform } from "./entry.js";
import { shown } from "./files.js";
import { handlersTransform } from "./handlers.js";
import { NeedsCollector, regionsTransform } from "./regions/index.js";
import { sharedTransform } from "./shared/index.js";
import { RUNTIME, SourceFiles } from "./sources.js";
import { templatesTransform } from "./templates/index.js";
import { packTexts } from "./texts/index.js";

export interface ModuleOptions {
  /** The folder that `main.ts` stands in. */
  readonly folder: string;
  /** Where the module will stand: its map refers to sources from there. */
  readonly output: string;
  readonly debug: boolean;
  /** For a module that others' hosts run. */
  readonly portable?: PortableTarget | undefined;
  /** Whether it can be suspended where it waits. */
  readonly shared?: boolean;
}

export interface CompiledModule {
  readonly wasm: Uint8Array;
  /** A source map, for a debug build. */
  readonly map: string | undefined;
  /** Files that were read, and files that were looked for and are not there. */
  readonly inputs: readonly string[];
  /** Why it has a garbage collector; undefined if it has none, or if it was asked for. */
  readonly collector: string | undefined;
  /** What makes objects for each record; undefined if nothing does, or if it was not looked for: in a module with a collector. */
  readonly made: string | undefined;
  /** Where it attaches programs, as far as the source says. */
  readonly attached: readonly AttachedKind[];
}

/** Loads the compiler. It takes half a second the first time, so it is begun while clang works. */
export function loadCompiler(): Promise<
  [typeof import("assemblyscript/asc"), typeof import("assemblyscript")]
> {
  return Promise.all([import("assemblyscript/asc"), import("assemblyscript")]);
}

/** Options of the command line that the build decides, whatever `asconfig.json` says. */
export function compilerArguments(options: ModuleOptions, config: string): string[] {
  const name = path.basename(options.output);
  return [
    `${ENTRY}.ts`,
    ...[
      "--baseDir",
      options.folder,
      "--config",
      config,
      "--target",
      options.debug ? "debug" : "release",
    ],
    ...["--exportStart", "_start", "--use", "abort=~lib/@wbpf/sdk/assembly/start/onAbort"],
    ...["--outFile", name, "--noColors", "--enable", "threads"],
    ...(options.debug ? ["--debug", "--sourceMap", `./${name}.map`] : []),
    ...(options.portable?.arguments ?? []),
  ];
}

/**
 * Compiles the folder's `main.ts`, and all it imports, to one module: without a garbage collector if none is needed (docs/build.md, "Memory").
 *
 * @param show gets the compiler's diagnostics, each with the user's file and line
 * @throws CodegenError `ASC_FAILED`, `ASC_CRASHED`, `NO_MAIN`, `BAD_MAIN`, `BAD_ASCONFIG`, `WAITS_INDIRECTLY`
 */
export async function compileModule(
  options: ModuleOptions,
  show: (text: string) => void,
): Promise<CompiledModule> {
  const config = findAsconfig(options.folder);
  // Hosts of a portable module call its functions as they like.
  if (options.debug || options.portable !== undefined || wantsCollector(config))
    return new Compilation(options, config, show).run(undefined);
  const diagnostics: string[] = [];
  try {
    return await new Compilation(options, config, (text) => void diagnostics.push(text)).run(
      RUNTIME,
    );
  } catch (error) {
    if (!(error instanceof NeedsCollector)) throw error;
    // The second compilation says it all again.
    diagnostics.length = 0;
    const compiled = await new Compilation(options, config, show).run(undefined);
    return { ...compiled, collector: error.message };
  } finally {
    for (const text of diagnostics) show(text);
  }
}

/** One run of the compiler. */
class Compilation {
  private readonly options: ModuleOptions;
  private readonly config: string;
  private readonly show: (text: string) => void;
  private readonly files: SourceFiles;
  private readonly problems: string[] = [];

  constructor(options: ModuleOptions, config: string | undefined, show: (text: string) => void) {
    this.options = options;
    this.config = config ?? path.join(options.folder, "asconfig.json");
    this.show = show;
    this.files = new SourceFiles(options);
  }

  /**
   * @param runtime name of a file that the compiler takes as the runtime; undefined: what the options say
   * @throws NeedsCollector if there is a `runtime`, and it is not enough
   */
  async run(runtime: string | undefined): Promise<CompiledModule> {
    const [asc, compiler] = await loadCompiler();
    const { folder, portable, shared, debug } = this.options;
    const main = shown(path.join(folder, "main.ts"));
    const stderr = asc.createMemoryStream();
    let made: string | undefined;
    const texts = debug ? undefined : packTexts(compiler);
    let attached: readonly AttachedKind[] = [];
    const args = [
      ...compilerArguments(this.options, this.config),
      ...(runtime === undefined ? [] : ["--runtime", runtime]),
    ];
    const result = await withoutCrash(
      compiler.Compiler,
      (source) => shown(this.files.locate(source) ?? source),
      () =>
        asc.main(args, {
          stdout: asc.createMemoryStream(),
          stderr,
          readFile: (name, base) => this.files.read(name, base),
          writeFile: (name, contents) => this.files.write(name, contents),
          listFiles: () => null,
          reportDiagnostic: (diagnostic) => this.report(diagnostic),
          transforms: [
            portable === undefined
              ? attachedTransform((kinds) => {
                  attached = kinds;
                })
              : portable.transform(folder, this.show),
            entryTransform(main, !debug && runtime === undefined),
            ...(shared
              ? [sharedTransform(main, this.files.range.bind(this.files), this.show)]
              : []),
            ...(debug ? [] : [handlersTransform(compiler), templatesTransform(compiler)]),
            ...(runtime === undefined
              ? []
              : [
                  regionsTransform(compiler, Object.keys(asc.libraryFiles), (found) => {
                    made = found;
                  }),
                ]),
            ...(texts === undefined ? [] : [texts.transform]),
          ],
        }),
    ).catch((cause: unknown) => {
      if (!(cause instanceof CompilerCrash)) throw cause;
      const where =
        cause.place === undefined ? `on ${main} or what it imports` : `at ${cause.place}`;
      throw new CodegenError(
        "ASC_CRASHED",
        `the AssemblyScript compiler crashed ${where} (${cause.message}): write that line in another way`,
        { cause },
      );
    });
    this.check(main, result.error);
    const text = stderr.toString().trim();
    if (text !== "" && !text.startsWith("Last converge was suboptimal")) this.show(`${text}\n`);
    return { ...this.files.result(texts?.finish), collector: undefined, made, attached };
  }

  private report({ message, code, category, range }: DiagnosticMessage): void {
    const where =
      range === null
        ? undefined
        : this.files.range(range.source.normalizedPath, range.start, range.end);
    if (category === ERROR) this.problems.push(message);
    this.show(
      formatDiagnostic(
        `${CATEGORIES[category] ?? "note"} ${category === ERROR ? "TS" : "AS"}${code}`,
        message,
        where,
      ),
    );
  }

  private check(main: string, error: Error | null): void {
    if (error instanceof CodegenError || error instanceof NeedsCollector) throw error;
    const { length } = this.problems;
    if (length > 0) {
      const count = length === 1 ? "1 error" : `${length} errors`;
      throw new CodegenError("ASC_FAILED", `${main}: asc found ${count}`);
    }
    if (error !== null) {
      throw new CodegenError("ASC_FAILED", `${main}: asc: ${error.message.split("\n")[0]}`, {
        cause: error,
      });
    }
  }
}

/** As asc tells a diagnostic. */
type DiagnosticMessage = Parameters<NonNullable<APIOptions["reportDiagnostic"]>>[0];

/** `DiagnosticCategory` of the compiler. */
const ERROR = 3;
const CATEGORIES: Readonly<Record<number, string>> = {
  0: "pedantic",
  1: "info",
  2: "warning",
  3: "error",
};
