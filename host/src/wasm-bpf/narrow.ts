import { encodeModule, type WasmFunction, type WasmFunctionImport } from "./encode.js";
import { CALLBACK_WRAPPER_SIGNATURES, MAP_OPERATE, WASM_BPF_SIGNATURES } from "./signatures.js";

/** What a 64-bit parameter that needs more than 32 bits becomes. */
const NOTHING = { handle: 0, pointer: -1, flags: -1 } as const;

type Role = keyof typeof NOTHING;

/** The functions of {@link narrowImports}, with 32-bit numbers only. `operate` gets flags last. */
export interface NarrowFunctions {
  load(bytes: number, length: number): number;
  close(object: number): number;
  attach(object: number, name: number, target: number): number;
  mapByName(object: number, name: number): number;
  operate(
    map: number,
    command: number,
    key: number,
    value: number,
    next: number,
    flags: number,
  ): number;
  poll(
    object: number,
    map: number,
    fn: number,
    ctx: number,
    data: number,
    size: number,
    timeout: number,
  ): number;
  pollExport(
    object: number,
    map: number,
    ctx: number,
    data: number,
    size: number,
    timeout: number,
  ): number;
}

/** The published functions, by the name of ours that serves each and what its 64-bit parameters are. */
const SERVED: readonly {
  readonly name: string;
  readonly by: keyof NarrowFunctions;
  readonly signature: string;
  readonly wide: readonly Role[];
}[] = [
  {
    name: "wasm_load_bpf_object",
    by: "load",
    signature: published("wasm_load_bpf_object"),
    wide: [],
  },
  {
    name: "wasm_close_bpf_object",
    by: "close",
    signature: published("wasm_close_bpf_object"),
    wide: ["handle"],
  },
  {
    name: "wasm_attach_bpf_program",
    by: "attach",
    signature: published("wasm_attach_bpf_program"),
    wide: ["handle"],
  },
  {
    name: "wasm_bpf_map_fd_by_name",
    by: "mapByName",
    signature: published("wasm_bpf_map_fd_by_name"),
    wide: ["handle"],
  },
  { name: "wasm_bpf_map_operate", by: "operate", signature: MAP_OPERATE.narrow, wide: ["flags"] },
  {
    name: "wide_map_operate",
    by: "operate",
    signature: MAP_OPERATE.wide,
    wide: ["pointer", "pointer", "pointer", "flags"],
  },
  {
    name: "wasm_bpf_buffer_poll",
    by: "poll",
    signature: published("wasm_bpf_buffer_poll"),
    wide: ["handle"],
  },
  {
    name: "export_buffer_poll",
    by: "pollExport",
    signature: CALLBACK_WRAPPER_SIGNATURES.wasm_bpf_buffer_poll?.[0] ?? "",
    wide: ["handle"],
  },
];

function published(name: string): string {
  return WASM_BPF_SIGNATURES[name]?.[0] ?? "";
}

let compiled: WebAssembly.Module | undefined;

/**
 * The published functions over ours. Between a module and JavaScript every 64-bit number becomes a BigInt on the heap, which costs more than the call; a small
 * Wasm module in between takes them as they are and hands on their low half. A handle or pointer that needs more is none.
 */
export function narrowImports(functions: NarrowFunctions): WebAssembly.Exports {
  compiled ??= new WebAssembly.Module(encodeModule(SERVED.map(toImport), SERVED.map(toFunction)));
  return new WebAssembly.Instance(compiled, { host: { ...functions } }).exports;
}

/** One import for each function, though two are served by the same. */
function toImport({ by, signature }: (typeof SERVED)[number]): WasmFunctionImport {
  const params = signature.split(":")[0] ?? "";
  return { module: "host", name: by, signature: `${"i".repeat(params.length)}:i` };
}

const LOCAL_GET = 0x20;
const CALL = 0x10;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const SELECT = 0x1b;
const I64_EQZ = 0x50;
const I64_SHR_U = 0x88;
const I32_WRAP_I64 = 0xa7;
const I64_EXTEND_I32_U = 0xad;

function toFunction(
  { name, signature, wide }: (typeof SERVED)[number],
  index: number,
): WasmFunction {
  const [params = "", results = ""] = signature.split(":");
  const roles = [...wide];
  const code: number[] = [];
  for (const [local, letter] of [...params].entries()) {
    code.push(LOCAL_GET, local);
    if (letter === "i") continue;
    // select(wrap(x), nothing, x >> 32 == 0)
    const nothing = NOTHING[roles.shift() ?? "pointer"];
    code.push(I32_WRAP_I64, I32_CONST, nothing & 0x7f);
    code.push(LOCAL_GET, local, I64_CONST, 32, I64_SHR_U, I64_EQZ, SELECT);
  }
  code.push(CALL, index);
  if (results === "I") code.push(I64_EXTEND_I32_U);
  return { name, signature, code };
}
