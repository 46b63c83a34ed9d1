import { ModuleError } from "../errors.js";
import { WBPF_SIGNATURES } from "../imports/signatures.js";
import { WASI_SIGNATURES } from "../wasi/signatures.js";
import type { WasmSection } from "../wasm/sections.js";
import { describeSignature, readImports, readMemory, type WasmImport } from "../wasm/signatures.js";
import {
  CALLBACK_WRAPPER_SIGNATURES,
  usesWidePointers,
  WASM_BPF_SIGNATURES,
} from "../wasm-bpf/signatures.js";
import { ABI_VERSIONS, type ModuleDescription, parseDescription } from "./description.js";
import { suggestion } from "./near-names.js";

/** What the host serves: import module, then function, then its type. */
const SERVED: ReadonlyMap<string, Readonly<Record<string, string | readonly string[]>>> = new Map<
  string,
  Readonly<Record<string, string | readonly string[]>>
>([
  ["wbpf", WBPF_SIGNATURES],
  ["wasi_snapshot_preview1", WASI_SIGNATURES],
  ["wasm_bpf", WASM_BPF_SIGNATURES],
  ["callback-wrapper", CALLBACK_WRAPPER_SIGNATURES],
]);

/** What was learned on the way. */
export interface CheckedModule {
  readonly description: ModuleDescription | undefined;
  /** See {@link usesWidePointers}. */
  readonly widePointers: boolean;
}

/**
 * Everything that is wrong with a module and can be said before it runs.
 * @param bytes of the module; V8 accepts them
 * @throws {@link ModuleError}
 */
export function checkModule(
  compiled: WebAssembly.Module,
  bytes: Uint8Array,
  sections: readonly WasmSection[],
): CheckedModule {
  const imports = readImports(bytes, sections);
  const description = readDescription(compiled);
  checkAbi(description, imports);
  for (const entry of imports) checkImport(entry);
  checkExports(compiled);
  const memory = readMemory(bytes, sections);
  if (memory?.shared) throw unfit("its memory is shared; a module has one thread");
  if (memory?.wide) throw unfit("its memory is 64-bit; build it for wasm32");
  return { description, widePointers: usesWidePointers(imports) };
}

/** @throws {@link ModuleError} `MODULE_BAD_SECTION` */
export function readDescription(compiled: WebAssembly.Module): ModuleDescription | undefined {
  const sections = WebAssembly.Module.customSections(compiled, "wbpf");
  const [first] = sections;
  if (first === undefined) return undefined;
  if (sections.length > 1) {
    throw new ModuleError("MODULE_BAD_SECTION", "it has more than one custom section 'wbpf'");
  }
  return parseDescription(new Uint8Array(first));
}

function checkAbi(
  description: ModuleDescription | undefined,
  imports: readonly WasmImport[],
): void {
  const served = ABI_VERSIONS.join(", ");
  if (description === undefined) {
    if (!imports.some((entry) => entry.module === "wbpf")) return;
    throw new ModuleError(
      "MODULE_NO_ABI",
      `it imports from 'wbpf' but has no custom section 'wbpf' that says for which ABI; build it with wbpf (this host serves ABI ${served})`,
    );
  }
  if (ABI_VERSIONS.includes(description.abi)) return;
  const advice =
    description.abi > Math.max(...ABI_VERSIONS) ? "update @wbpf/host" : "build it again";
  throw new ModuleError(
    "MODULE_ABI",
    `it was built for ABI ${description.abi} of wbpf and this host serves ABI ${served}; ${advice}`,
  );
}

function checkImport({ module, name, kind, signature }: WasmImport): void {
  const functions = SERVED.get(module);
  const label = `'${module}.${name}'`;
  if (functions === undefined) {
    const near = suggestion(module, SERVED.keys(), "import modules");
    const advice =
      module === "env"
        ? name === "abort"
          ? "; build it with wbpf, or with asc's --use abort="
          : ""
        : near.startsWith("; did you mean")
          ? near
          : "";
    throw refused(`it imports ${label}, and this host has no import module '${module}'${advice}`);
  }
  const type = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (type === undefined) {
    const near = suggestion(name, Object.keys(functions), "functions");
    throw refused(`it imports ${label}, which this host does not have${near}`);
  }
  if (kind !== "function") {
    throw refused(`it imports ${label} as a ${kind}, but that is a function`);
  }
  const types = typeof type === "string" ? [type] : type;
  if (!types.includes(signature)) {
    throw refused(
      `it imports ${label} with the type ${describeSignature(signature)}, but that has the type ${types.map(describeSignature).join(" or ")}`,
    );
  }
}

function checkExports(compiled: WebAssembly.Module): void {
  const kinds = new Map(WebAssembly.Module.exports(compiled).map((e) => [e.name, e.kind]));
  for (const [name, kind] of [
    ["memory", "memory"],
    ["_start", "function"],
  ] as const) {
    const found = kinds.get(name);
    if (found === kind) continue;
    const advice =
      name === "memory"
        ? "the host needs it to exchange data"
        : "that is where a module begins (asc: --exportStart _start)";
    throw unfit(
      found === undefined
        ? `it does not export '${name}': ${advice}`
        : `its export '${name}' is a ${found}, a ${kind} was expected`,
    );
  }
}

const refused = (text: string) => new ModuleError("MODULE_IMPORT", text);
const unfit = (text: string) => new ModuleError("MODULE_EXPORT", text);
