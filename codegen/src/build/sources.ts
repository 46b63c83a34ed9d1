import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";
import type { PortableTarget } from "../portable/index.js";
import type { CompiledModule, ModuleOptions } from "./asc.js";
import { DEFAULT_ASCONFIG } from "./asconfig.js";
import type { SourceRange } from "./diagnostics.js";
import { ENTRY, ENTRY_TEXT, isEntry } from "./entry.js";
import { RUNTIME_TEXT } from "./regions/index.js";
import { PARK_TEXT } from "./shared/index.js";
import { relocateSourceMap } from "./sourcemap.js";

/** Name of the runtime that the compiler is asked for; no such file exists on disk. */
export const RUNTIME = "wbpf-runtime";

/** The files of one compilation: what the compiler reads from disk, and what it writes, which is kept in memory. */
export class SourceFiles {
  private readonly folder: string;
  private readonly output: string;
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();
  private readonly written = new Map<string, Uint8Array | string>();

  private readonly entry: string;
  private readonly portable: PortableTarget | undefined;

  constructor({ folder, output, portable, shared }: ModuleOptions) {
    this.folder = folder;
    this.output = output;
    this.entry = shared ? ENTRY_TEXT + PARK_TEXT : ENTRY_TEXT;
    this.portable = portable;
  }

  read(name: string, base: string): string | null {
    const file = path.resolve(base, name);
    if (file === path.join(this.folder, `${ENTRY}.ts`)) return this.entry;
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

  /**
   * What was compiled, and of what.
   *
   * @param finish what is done with the module as asc wrote it
   * @throws CodegenError `ASC_FAILED`: it wrote none
   */
  result(
    finish: ((wasm: Uint8Array) => Uint8Array) | undefined,
  ): Pick<CompiledModule, "wasm" | "map" | "inputs"> {
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
