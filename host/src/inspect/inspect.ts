import { basename } from "node:path";
import { ModuleError, messageOf } from "../errors.js";
import { readDescription } from "../module/checks.js";
import type { EmbeddedObject, ModuleDescription } from "../module/description.js";
import { readModuleFile } from "../module/read.js";
import { readMemoryImage } from "../wasm/data.js";
import { findBpfObjects } from "../wasm/elf.js";
import { readSections } from "../wasm/sections.js";
import { readImports } from "../wasm/signatures.js";
import { sha256 } from "./hash.js";
import { inspectObject, type ObjectInspection } from "./object.js";

/** What is in a `.wasm` module. */
export interface ModuleInspection {
  readonly kind: "module";
  readonly file: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Version of the `wbpf` ABI that it was built for; `null` for a module that uses none. */
  readonly abi: number | null;
  /** Version of the SDK that it says it was built with. */
  readonly sdk: string | null;
  readonly imports: readonly { module: string; name: string; kind: string; type: string }[];
  readonly exports: readonly { name: string; kind: string }[];
  readonly objects: readonly ObjectInspection[];
  /** What does not fit together, a sentence each. */
  readonly warnings: readonly string[];
}

/** What is in a file: a module, or a BPF object. */
export type Inspection =
  | ModuleInspection
  | ({ readonly kind: "object"; readonly file: string } & ObjectInspection);

/**
 * Looks into a `.wasm` module or a `.bpf.o` object. Nothing is run or loaded into the kernel; libbpf is needed to read the objects.
 * @throws {@link ModuleError} when it is neither, {@link BpfError} when libbpf refuses an object
 */
export async function inspectFile(path: string): Promise<Inspection> {
  const bytes = await readModuleFile(path);
  const file = basename(path);
  if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "\x7fELF") {
    const name = file.replace(/(\.bpf)?\.o$/, "");
    return { kind: "object", file, ...inspectObject(bytes, name) };
  }
  try {
    return await inspectModule(bytes, file);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    throw new ModuleError(error.code, `cannot inspect ${path}: ${error.message}`, { cause: error });
  }
}

async function inspectModule(bytes: Uint8Array, file: string): Promise<ModuleInspection> {
  const sections = readSections(bytes);
  const compiled = await WebAssembly.compile(bytes).catch((cause: unknown) => {
    throw new ModuleError("MODULE_INVALID", `V8 refuses it: ${messageOf(cause)}`, { cause });
  });
  const warnings: string[] = [];
  const description = describe(compiled, warnings);
  const images = findBpfObjects(readMemoryImage(bytes, sections));
  const objects: ObjectInspection[] = [];
  for (const [i, image] of images.entries()) {
    const name = nameOf(image, description) ?? `object${i}`;
    objects.push(inspectObject(image, name));
  }
  compare(description?.objects ?? [], objects, warnings);
  return {
    kind: "module",
    file,
    size: bytes.length,
    abi: description?.abi ?? null,
    sdk: description?.sdk ?? null,
    imports: readImports(bytes, sections).map(({ module, name, kind, signature }) => ({
      module,
      name,
      kind,
      type: signature,
    })),
    exports: WebAssembly.Module.exports(compiled).map(({ name, kind }) => ({ name, kind })),
    objects,
    warnings,
  };
}

/** A section that is wrong is worth a word, and no reason not to look at the rest. */
function describe(compiled: WebAssembly.Module, warnings: string[]): ModuleDescription | undefined {
  try {
    return readDescription(compiled);
  } catch (error) {
    warnings.push(messageOf(error));
    return undefined;
  }
}

function nameOf(image: Uint8Array, description: ModuleDescription | undefined): string | undefined {
  const hash = sha256(image);
  return description?.objects.find((object) => object.sha256 === hash)?.name;
}

function compare(
  said: readonly EmbeddedObject[],
  found: readonly ObjectInspection[],
  warnings: string[],
): void {
  for (const { name, size, sha256 } of said) {
    if (found.some((object) => object.sha256 === sha256)) continue;
    warnings.push(
      `it says that it carries '${name}' (${size} bytes, sha256 ${sha256.slice(0, 12)}…), but no such object is in its data`,
    );
  }
  for (const { name, size, sha256 } of found) {
    if (said.some((object) => object.sha256 === sha256)) continue;
    warnings.push(
      `it carries an object that it does not name: ${name} (${size} bytes, sha256 ${sha256.slice(0, 12)}…)`,
    );
  }
}
