import type { ImportContext } from "../imports/context.js";
import { Reporter } from "../imports/reporter.js";
import { type WasmBpfGuest, wasmBpfFunctions } from "./functions.js";
import { narrowImports } from "./narrow.js";
import { CALLBACK_WRAPPER_SIGNATURES, WASM_BPF_SIGNATURES } from "./signatures.js";

/** What {@link wasmBpfImports} needs beside the context. */
export interface WasmBpfOptions {
  /** Whether the module declares `wasm_bpf_map_operate` with 64-bit pointers. */
  readonly widePointers: boolean;
  /** Told in one sentence why a call failed. */
  readonly onFailure: (sentence: string) => void;
  /** The module, once it is instantiated. */
  readonly guest: () => WasmBpfGuest;
  /** Counts calls of callbacks, for whoever watches over their time. */
  readonly calls?: Int32Array | undefined;
}

/** Whether a module needs them at all: few do, and they take a moment to make. */
export function importsWasmBpf(compiled: WebAssembly.Module): boolean {
  return WebAssembly.Module.imports(compiled).some(
    ({ module }) => module === "wasm_bpf" || module === "callback-wrapper",
  );
}

/** The import modules `wasm_bpf` and `callback-wrapper` (docs/wasm_bpf.md) for one instance. */
export function wasmBpfImports(
  context: ImportContext,
  { widePointers, onFailure, guest, calls }: WasmBpfOptions,
): { wasm_bpf: WebAssembly.ModuleImports; "callback-wrapper": WebAssembly.ModuleImports } {
  const served = narrowImports(wasmBpfFunctions(context, new Reporter(onFailure), guest, calls));
  const pick = (name: string) => served[name] as WebAssembly.ImportValue;
  const own = Object.keys(WASM_BPF_SIGNATURES).map((name) => [name, pick(name)] as const);
  const wasm_bpf: WebAssembly.ModuleImports = Object.fromEntries(own);
  if (widePointers) wasm_bpf.wasm_bpf_map_operate = pick("wide_map_operate");
  const wrapper = Object.keys(CALLBACK_WRAPPER_SIGNATURES);
  return {
    wasm_bpf,
    "callback-wrapper": Object.fromEntries(
      wrapper.map((name) => [name, pick("export_buffer_poll")] as const),
    ),
  };
}
