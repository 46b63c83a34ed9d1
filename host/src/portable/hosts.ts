/** A host of the published `wasm_bpf` ABI that others have written. */
export type PortableHost = "wamr" | "wasmtime" | "wasmedge";

/** What messages call each. */
export const HOSTS: Readonly<Record<PortableHost, string>> = {
  wamr: "wasm-bpf (C++, WAMR)",
  wasmtime: "wasm-bpf (Rust, wasmtime)",
  wasmedge: "WasmEdge's wasm_bpf plugin",
};

export const ALL_HOSTS = Object.keys(HOSTS) as readonly PortableHost[];
