import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import type { APIOptions } from "assemblyscript/asc";
import { CodegenError } from "../errors.js";
import type { PortableTarget } from "../portable/index.js";
import { DEFAULT_ASCONFIG, findAsconfig, wantsCollector } from "./asconfig.js";
import { type AttachedKind, attachedTransform } from "./attached.js";
import { CompilerCrash, withoutCrash } from "./crash.js";
import { formatDiagnostic, type SourceRange } from "./diagnostics.js";
import { ENTRY, ENTRY_TEXT, entryTransform, isEntry } from "./entry.js";
import { shown } from "./files.js";
import { handlersTransform } from "./handlers.js";
import { NeedsCollector, RUNTIME_TEXT, regionsTransform } from "./regions/index.js";
import { relocateSourceMap } from "./sourcemap.js";
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

/** Name of the runtime that the compiler is asked for; no such file exists on disk. */
const RUNTIME = "wbpf-runtime";

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
 * @throws CodegenError `ASC_FAILED`, `ASC_CRASHED`, `NO_MAIN`, `BAD_MAIN`, `BAD_ASCONFIG`
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
    this.files = new SourceFiles(options.folder, options.output, options.portable);
  }

  /**
   * @param runtime name of a file that the compiler takes as the runtime; undefined: what the options say
   * @throws NeedsCollector if there is a `runtime`, and it is not enough
   */
  async run(runtime: string | undefined): Promise<CompiledModule> {
    const [asc, compiler] = await loadCompiler();
    const { folder, portable, debug } = this.options;
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
    return { ...this.files.result(texts?.finish), made, attached };
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

/** The files of one compilation: what the compiler reads from disk, and what it writes, which is kept in memory. */
class SourceFiles {
  private readonly folder: string;
  private readonly output: string;
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();
  private readonly written = new Map<string, Uint8Array | string>();

  private readonly portable: PortableTarget | undefined;

  constructor(folder: string, output: string, portable: PortableTarget | undefined) {
    this.folder = folder;
    this.output = output;
    this.portable = portable;
  }

  read(name: string, base: string): string | null {
    const file = path.resolve(base, name);
    if (file === path.join(this.folder, `${ENTRY}.ts`)) return ENTRY_TEXT;
    if (file === path.join(this.folder, `${RUNTIME}.ts`)) return RUNTIME_TEXT;
    try {
      const text = readFileSync(file, "utf8");
      this.texts.set(file, text);
      return this.portable === undefined ? text : this.portable.substitute(file, text);
    } catch {
      this.missing.add(file);
      return path.basename(file) === "asconfig.json" ? JSON.stringify(DEFAULT_ASCONFIG) : null;
    }
  }

  write(name: string, contents: Uint8Array | string): void {
    this.written.set(path.basename(name), contents);
  }

  /** The file behind a source as the compiler names it. */
  locate(source: string): string | undefined {
    if (!source.startsWith("~lib/")) return path.resolve(this.folder, source);
    const suffix = `/node_modules/${source.slice("~lib/".length)}`;
    for (const file of this.texts.keys()) if (file.endsWith(suffix)) return realpathSync(file);
    return undefined;
  }

  range(source: string, start: number, end: number): SourceRange | undefined {
    if (isEntry(source)) return undefined;
    const file = this.locate(source);
    const text = file === undefined ? undefined : readText(file);
    return file === undefined || text === undefined ? undefined : { file, text, start, end };
  }

  /** @param finish what is done with the module as asc wrote it */
  result(finish: ((wasm: Uint8Array) => Uint8Array) | undefined): CompiledModule {
    const written = this.written.get(path.basename(this.output));
    if (!(written instanceof Uint8Array))
      throw new CodegenError("ASC_FAILED", "asc wrote no module: does asconfig.json say noEmit?");
    const wasm = finish === undefined ? written : finish(written);
    const map = this.written.get(`${path.basename(this.output)}.map`);
    return {
      wasm: this.portable === undefined ? wasm : this.portable.finish(wasm),
      map:
        typeof map === "string"
          ? relocateSourceMap(map, path.dirname(this.output), (source) =>
              isEntry(source) ? undefined : this.locate(source),
            )
          : undefined,
      collector: undefined,
      made: undefined,
      attached: [],
      inputs: [...this.texts.keys(), ...this.missing],
    };
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
