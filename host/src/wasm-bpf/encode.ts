/**
 * Writes the few Wasm modules that the host makes itself (core specification, chapter 5).
 *
 * @module
 */

const CODES: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e };

/** A function of a module to be written. */
export interface WasmFunction {
  /** Its name as an export. */
  readonly name: string;
  /** As `WasmImport` writes it. */
  readonly signature: string;
  /** Letters of its locals beyond the parameters. */
  readonly locals?: string;
  /** Instructions, without the final `end`. */
  readonly code: readonly number[];
}

/** A function that a module to be written imports; it is called by its place in the list. */
export interface WasmFunctionImport {
  readonly module: string;
  readonly name: string;
  readonly signature: string;
}

/** The bytes of a module that only imports and exports functions. */
export function encodeModule(
  imports: readonly WasmFunctionImport[],
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = [...imports, ...functions].map(({ signature }) => functionType(signature));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(
      2,
      vector(imports.map(({ module, name }, i) => [...text(module), ...text(name), 0, ...leb(i)])),
    ),
    ...section(3, vector(functions.map((_, i) => leb(imports.length + i)))),
    ...section(
      7,
      vector(functions.map(({ name }, i) => [...text(name), 0, ...leb(imports.length + i)])),
    ),
    ...section(10, vector(functions.map(body))),
  ]);
}

function body({ locals = "", code }: WasmFunction): number[] {
  const content = [...vector([...locals].map((c) => [1, CODES[c] ?? 0])), ...code, 0x0b];
  return [...leb(content.length), ...content];
}

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
  const bytes = new TextEncoder().encode(value);
  return [...leb(bytes.length), ...bytes];
}

/** An unsigned LEB128 of at most 32 bits. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
