import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CodegenError } from "../errors.js";
import { shown } from "./files.js";

/** One BPF source of a tool, and what is made of it. */
export interface BpfSource {
  /** Without folder and `.bpf.c`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly object: string;
  /** `NAME.bpf.ts`, beside the source. */
  readonly bindings: string;
}

/** What a tool's folder holds. */
export interface ToolFolder {
  readonly folder: string;
  /** Name of the module: of the only BPF source, else of the folder. */
  readonly name: string;
  readonly main: string;
  readonly buildFolder: string;
  readonly sources: readonly BpfSource[];
}

const SUFFIX = ".bpf.c";

/**
 * Looks at a tool's folder.
 *
 * @throws CodegenError `NO_FOLDER`, `NO_MAIN_FILE`, `NO_SOURCES`: what is missing
 */
export function readToolFolder(given: string): ToolFolder {
  const folder = path.resolve(given);
  if (!existsSync(folder))
    throw new CodegenError("NO_FOLDER", `${given} is not there: name the folder of a tool`);
  if (!statSync(folder).isDirectory()) {
    throw new CodegenError(
      "NO_FOLDER",
      `${given} is not a folder: name the one that holds main.ts and NAME.bpf.c`,
    );
  }
  const main = path.join(folder, "main.ts");
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX) && name !== SUFFIX)
    .sort();
  if (!existsSync(main)) {
    const what = names.length === 0 ? "neither main.ts nor a NAME.bpf.c" : "no main.ts";
    throw new CodegenError(
      "NO_MAIN_FILE",
      `${shown(folder)} holds ${what}: a tool needs main.ts with \`export function main(): i32\``,
    );
  }
  const buildFolder = path.join(folder, "build");
  const sources = names.map((file) => {
    const name = file.slice(0, -SUFFIX.length);
    return {
      name,
      file: path.join(folder, file),
      text: readFileSync(path.join(folder, file), "utf8"),
      object: path.join(buildFolder, `${name}.bpf.o`),
      bindings: path.join(folder, `${name}.bpf.ts`),
    };
  });
  const only = sources.length === 1 ? sources[0] : undefined;
  return { folder, name: only?.name ?? path.basename(folder), main, buildFolder, sources };
}
