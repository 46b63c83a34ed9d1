/**
 * The published ABI of wasm-bpf (docs/wasm_bpf.md): its functions, with their types as `WasmImport` writes them.
 *
 * @module
 */

/** `wasm_bpf_map_operate` as the guest SDKs for C declare it, and as those for Rust and Go do, whose pointers are 64-bit numbers. */
export const MAP_OPERATE = { narrow: "iiiiiI:i", wide: "iiIIII:i" } as const;

/** The import module `wasm_bpf`. A function that was published with two types has both. */
export const WASM_BPF_SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  wasm_load_bpf_object: ["ii:I"],
  wasm_close_bpf_object: ["I:i"],
  wasm_attach_bpf_program: ["Iii:i"],
  wasm_bpf_map_fd_by_name: ["Ii:i"],
  wasm_bpf_map_operate: [MAP_OPERATE.narrow, MAP_OPERATE.wide],
  wasm_bpf_buffer_poll: ["Iiiiiii:i"],
};

/** The import module `callback-wrapper`, which TinyGo's modules use: their callback is the export {@link GO_CALLBACK}. */
export const CALLBACK_WRAPPER_SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  wasm_bpf_buffer_poll: ["Iiiiii:i"],
};

/** The type of the function that gets the records: context, address and length of the record. */
export const CALLBACK = "iii:i";
/** What a TinyGo module exports for it. */
export const GO_CALLBACK = "go-callback";

/** Whether a module's imports use the 64-bit pointers of {@link MAP_OPERATE}. */
export function usesWidePointers(
  imports: readonly {
    readonly module: string;
    readonly name: string;
    readonly signature: string;
  }[],
): boolean {
  return imports.some(
    ({ module, name, signature }) =>
      module === "wasm_bpf" && name === "wasm_bpf_map_operate" && signature === MAP_OPERATE.wide,
  );
}
