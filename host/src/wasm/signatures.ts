import { WasmReader } from "./reader.js";
import { SectionId, type WasmSection } from "./sections.js";

/** A function import with its type, written as parameters, colon, results: `"iI:i"` takes an i32 and an i64 and gives an i32. */
export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: "function" | "table" | "memory" | "global" | "tag";
  /** Empty unless it is a function. */
  readonly signature: string;
}

/** How a module's memory is declared. */
export interface WasmMemory {
  readonly shared: boolean;
  readonly wide: boolean;
}

const KINDS = ["function", "table", "memory", "global", "tag"] as const;
const LETTERS: Readonly<Record<number, string>> = { 127: "i", 126: "I", 125: "f", 124: "F" };

/** The letter of a value type; `?` for those that no import of the host takes (vectors, references). */
const letter = (type: number): string => LETTERS[type] ?? "?";

/** Lists the imports with their types. The module must have passed V8's validation. */
export function readImports(bytes: Uint8Array, sections: readonly WasmSection[]): WasmImport[] {
  const section = sections.find((s) => s.id === SectionId.import);
  if (section === undefined) return [];
  const types = readTypes(bytes, sections);
  const reader = new WasmReader(bytes, section.start, section.end);
  const imports: WasmImport[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const module = reader.name();
    const name = reader.name();
    const kind = KINDS[reader.u8()] ?? "function";
    let signature = "";
    switch (kind) {
      case "function":
        signature = types[reader.u32()] ?? "?";
        break;
      case "table":
        reader.skipLeb();
        readLimits(reader);
        break;
      case "memory":
        readLimits(reader);
        break;
      case "global":
        reader.skipLeb();
        reader.u8();
        break;
      case "tag":
        reader.u8();
        reader.u32();
        break;
    }
    imports.push({ module, name, kind, signature });
  }
  return imports;
}

/** How the module's own memory is declared, if it has one. */
export function readMemory(
  bytes: Uint8Array,
  sections: readonly WasmSection[],
): WasmMemory | undefined {
  const section = sections.find((s) => s.id === SectionId.memory);
  if (section === undefined) return undefined;
  const reader = new WasmReader(bytes, section.start, section.end);
  return reader.u32() === 0 ? undefined : readLimits(reader);
}

/** Only the plain function types: the host refuses imports of any other, so the reader stops at the first that it does not know. */
function readTypes(bytes: Uint8Array, sections: readonly WasmSection[]): string[] {
  const section = sections.find((s) => s.id === SectionId.type);
  if (section === undefined) return [];
  const reader = new WasmReader(bytes, section.start, section.end);
  const types: string[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    if (reader.u8() !== 0x60) break;
    const params = readValueTypes(reader);
    types.push(`${params}:${readValueTypes(reader)}`);
  }
  return types;
}

function readValueTypes(reader: WasmReader): string {
  let text = "";
  for (let count = reader.u32(); count > 0; count--) text += letter(reader.u8());
  return text;
}

/** Limits (core specification, 5.3.7; bit 1: threads proposal, bit 2: memory64). */
function readLimits(reader: WasmReader): WasmMemory {
  const flags = reader.u8();
  reader.skipLeb();
  if ((flags & 1) !== 0) reader.skipLeb();
  return { shared: (flags & 2) !== 0, wide: (flags & 4) !== 0 };
}

/** A signature in words: `(i32, i64) → i32`. */
export function describeSignature(signature: string): string {
  const names: Record<string, string> = { i: "i32", I: "i64", f: "f32", F: "f64", "?": "…" };
  const [params = "", results = ""] = signature.split(":");
  const list = (letters: string) => [...letters].map((c) => names[c] ?? c).join(", ");
  return `(${list(params)}) → ${results === "" ? "nothing" : list(results)}`;
}
