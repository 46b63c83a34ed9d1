/** What {@link buildWasm} puts into a module. All of it is optional: tests leave out what should be missing. */
export interface WasmParts {
  /** Signatures as in `WasmImport.signature`. */
  readonly imports?: readonly (readonly [module: string, name: string, signature: string])[];
  readonly importedGlobal?: readonly [module: string, name: string];
  /** Pages; `flags` are those of the limits (2: shared, 4: 64-bit). Default: one page. `null`: no memory. */
  readonly memory?: { readonly pages: number; readonly flags?: number } | null;
  readonly exportMemory?: boolean;
  /** Instructions of `_start`, without the final `end`. `null`: not exported. Default: none. */
  readonly start?: readonly number[] | null;
  /** Whether `_start` is also the start section's function. */
  readonly startSection?: boolean;
  /** Instructions of a second function, of the type (i32, i32, i32) → i32, which is the only element of the exported table `__indirect_function_table`. Default: there is none. */
  readonly callback?: readonly number[];
  /** Data segments. */
  readonly data?: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly custom?: readonly (readonly [name: string, content: string | Uint8Array])[];
}

const CODES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, F: 0x7c };

/** Writes a small Wasm module by hand, so that a test can have one that no compiler would make. */
export function buildWasm(parts: WasmParts = {}): Uint8Array<ArrayBuffer> {
  const imports = parts.imports ?? [];
  const memory = parts.memory === undefined ? { pages: 1 } : parts.memory;
  const { callback } = parts;
  const types = [...imports.map(([, , signature]) => signature), ":", "iii:i"];
  const importEntries = imports.map(([module, name], i) => [
    ...text(module),
    ...text(name),
    0,
    ...leb(i),
  ]);
  if (parts.importedGlobal !== undefined) {
    const [module, name] = parts.importedGlobal;
    importEntries.push([...text(module), ...text(name), 3, 0x7f, 0]);
  }
  const exports: number[][] = [];
  if (memory !== null && parts.exportMemory !== false) exports.push([...text("memory"), 2, 0]);
  if (parts.start !== null) exports.push([...text("_start"), 0, ...leb(imports.length)]);
  if (callback !== undefined) exports.push([...text("__indirect_function_table"), 1, 0]);
  const bodies = [parts.start ?? [], ...(callback === undefined ? [] : [callback])].map((code) => {
    const body = [0, ...code, 0x0b];
    return [...leb(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types.map(functionType))),
    ...section(2, vector(importEntries)),
    ...section(
      3,
      vector([leb(types.length - 2), ...(callback === undefined ? [] : [leb(types.length - 1)])]),
    ),
    ...(callback === undefined ? [] : section(4, vector([[0x70, 0, 1]]))),
    ...(memory === null
      ? []
      : section(
          5,
          vector([[1 | (memory.flags ?? 0), ...leb(memory.pages), ...leb(memory.pages + 1)]]),
        )),
    ...section(7, vector(exports)),
    ...(parts.startSection ? section(8, leb(imports.length)) : []),
    ...(callback === undefined
      ? []
      : section(9, vector([[0, 0x41, 0, 0x0b, ...vector([leb(imports.length + 1)])]]))),
    ...section(10, vector(bodies)),
    ...section(
      11,
      vector(
        (parts.data ?? []).map(({ offset, bytes }) => [
          0,
          0x41,
          ...sleb(offset),
          0x0b,
          ...leb(bytes.length),
          ...bytes,
        ]),
      ),
    ),
    ...(parts.custom ?? []).flatMap(([name, content]) => customSection(name, content)),
  ]);
}

/** A custom section, to be appended to a module. */
export function customSection(name: string, content: string | Uint8Array): number[] {
  return section(0, [...text(name), ...Buffer.from(content)]);
}

/** The description of a module that was built for this ABI. */
export const ABI_1 = ["wbpf", '{"abi":1}'] as const;

/** `i32.const`. */
export const i32 = (value: number): number[] => [0x41, ...sleb(value)];
/** `call` of the n-th import. */
export const call = (index: number): number[] => [0x10, ...leb(index)];
export const DROP = 0x1a;
export const UNREACHABLE = 0x00;
/** `loop br 0 end`. */
export const ENDLESS = [0x03, 0x40, 0x0c, 0, 0x0b];

function functionType(signature: string): number[] {
  const [params = "", results = ""] = signature.split(":");
  const list = (letters: string) => vector([...letters].map((c) => [CODES[c] ?? 0]));
  return [0x60, ...list(params), ...list(results)];
}

const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...leb(items.length),
  ...items.flat(),
];

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...leb(bytes.length), ...bytes];
}

/** An unsigned number as Wasm writes it. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function sleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0))
      return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
