import { readFileSync } from "node:fs";
import path from "node:path";
import type { Transform } from "assemblyscript/asc";
import { formatDiagnostic } from "../build/diagnostics.js";
import { CodegenError } from "../errors.js";
import { BpfObjectFile } from "../object/index.js";
import { factsText } from "./facts.js";
import { findInexpressible } from "./reach.js";
import { withoutSection } from "./sections.js";
import { hasOwnImports, portableAbi } from "./stubs.js";

/** What the compilation of `main.ts` has to know to make a module for the published ABI. */
export interface PortableSource {
  readonly name: string;
  /** The object. */
  readonly object: string;
  /** Its generated bindings. */
  readonly bindings: string;
}

/** `enum bpf_map_type`, `include/uapi/linux/bpf.h`. */
const BUFFERS: readonly number[] = [4, 27];
/** The table's name for Rust's host, which asks for it by name; the others take the only one. */
const TABLE = "__indirect_function_table";
/** The section classes of generated bindings whose values live in the kernel. */
const LIVE_SECTION =
  /export class (\w+) extends DataSection \{\s*constructor\(object: BpfObject\) \{\s*super\(object, "([^"]+)", \d+\)/g;

/** The parts of Binaryen's module that are used; asc's typings for it are not published. */
interface BinaryenModule {
  emitText(): string;
  removeExport(name: string): void;
  addTableExport(internal: string, external: string): void;
}

/**
 * The target of `wbpf build --portable`: a module that imports nothing but the six functions of `wasm_bpf` and WASI preview 1, and runs on the hosts that others
 * have written (docs/portable.md).
 */
export class PortableTarget {
  /** More arguments for the compiler. It knows the places of calls only when it makes a source map. */
  readonly arguments: readonly string[];
  readonly #debug: boolean;
  readonly #objects: readonly { readonly name: string; readonly object: BpfObjectFile }[];
  readonly #sources: readonly PortableSource[];
  readonly #missing = new Set<string>();

  /** @throws CodegenError `NOT_PORTABLE`: an object has two buffers */
  constructor(sources: readonly PortableSource[], debug: boolean) {
    this.#sources = sources;
    this.#debug = debug;
    this.arguments = ["--exportTable", ...(debug ? [] : ["--sourceMap"])];
    this.#objects = sources.map(({ name, object }) => ({
      name,
      object: BpfObjectFile.parse(readFileSync(object)),
    }));
    for (const { name, object } of this.#objects) {
      const buffers = object.maps.filter(({ type }) => BUFFERS.includes(type));
      if (buffers.length <= 1) continue;
      throw new CodegenError(
        "NOT_PORTABLE",
        `${name}.bpf.c has ${buffers.length} buffers (${buffers.map((map) => map.name).join(", ")}), and hosts of the wasm_bpf ABI read only one of an object: put the records into one, or split the source`,
      );
    }
  }

  /**
   * What the compiler gets instead of a file of the SDK.
   * @param file the path as it was found
   * @param text what stands there
   */
  substitute(file: string, text: string): string {
    const place = file.split(path.sep).join("/");
    if (place.endsWith("/sdk/assembly/portable/facts.ts")) return factsText(this.#objects);
    if (!/\/sdk\/assembly\/abi\/[^/]+$/.test(place) || !hasOwnImports(text)) return text;
    const portable = path.join(path.dirname(file), "../portable/wbpf.ts");
    const abi = portableAbi(text, readFileSync(portable, "utf8"));
    for (const name of abi.missing) this.#missing.add(name);
    return abi.text;
  }

  /**
   * The step inside the compiler: refuses what cannot be expressed, and names the table as the hosts want it.
   * @param folder of the tool, for messages
   * @param show gets a diagnostic for each call that cannot be expressed
   */
  transform(folder: string, show: (text: string) => void): Transform {
    const transform = {
      afterCompile: (module: BinaryenModule): void => {
        this.#refuse(module.emitText(), folder, show);
        module.removeExport("table");
        module.addTableExport("0", TABLE);
      },
    };
    return transform as unknown as Transform;
  }

  /** The module without the name of a source map that is only made for the places of calls. */
  finish(wasm: Uint8Array): Uint8Array {
    return this.#debug ? wasm : withoutSection(wasm, "sourceMappingURL");
  }

  #refuse(text: string, folder: string, show: (text: string) => void): void {
    const found = findInexpressible(text, {
      missing: [...this.#missing],
      liveSections: this.#sources.flatMap(({ bindings }) =>
        [...readFileSync(bindings, "utf8").matchAll(LIVE_SECTION)].map(
          ([, type = "", section = ""]) => ({ type, section }),
        ),
      ),
      bindings: this.#sources.map(({ bindings }) =>
        path.relative(folder, bindings).replace(/\.ts$/, ""),
      ),
    });
    if (found.length === 0) return;
    for (const call of found) show(diagnostic(call, folder));
    const [first] = found;
    const where = `${first?.file}:${first?.line}`;
    throw new CodegenError(
      "NOT_PORTABLE",
      `${found.length === 1 ? "1 call" : `${found.length} calls`} cannot be expressed by the wasm_bpf ABI, the first (${first?.what}) at ${where}: build without --portable, or do without`,
    );
  }
}

function diagnostic(
  call: { what: string; why: string; file: string; line: number; column: number },
  folder: string,
): string {
  const message = `${call.what} cannot be expressed by the wasm_bpf ABI: ${call.why}`;
  const file = path.join(folder, call.file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return formatDiagnostic("error", message, undefined);
  }
  const lines = text.split("\n");
  const start =
    lines.slice(0, call.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + call.column - 1;
  return formatDiagnostic("error", message, { file, text, start, end: start + 1 });
}
