import { ModuleError } from "../errors.js";
import { WasmReader } from "./reader.js";

/** Numbers of the sections that the host looks into (core specification, 5.5.2). */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  table: 4,
  memory: 5,
  global: 6,
  start: 8,
  code: 10,
  data: 11,
} as const;

/** Where a section's content stands in the file. */
export interface WasmSection {
  readonly id: number;
  /** Of a custom section; empty otherwise. */
  readonly name: string;
  /** Of its identifier and length, before the content. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * Lists the sections of a Wasm module.
 * @throws {@link ModuleError} when the bytes are not a module, or end in the middle of a section
 */
export function readSections(bytes: Uint8Array): WasmSection[] {
  if (bytes.length === 0) throw new ModuleError("MODULE_NOT_WASM", "it is empty");
  const head = MAGIC.every((byte, i) => i >= bytes.length || bytes[i] === byte);
  if (!head) throw new ModuleError("MODULE_NOT_WASM", `it is not a Wasm module${looksLike(bytes)}`);
  if (bytes.length < 8) {
    throw new ModuleError("MODULE_TRUNCATED", `it is truncated: it has only ${bytes.length} bytes`);
  }
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (version !== 1) {
    const what = version === 0x1000d ? "a Wasm component" : `Wasm version ${version}`;
    throw new ModuleError(
      "MODULE_NOT_WASM",
      `it is ${what}; a core module (version 1) was expected`,
    );
  }
  const sections: WasmSection[] = [];
  const reader = new WasmReader(bytes, 8);
  while (!reader.done) {
    const at = reader.offset;
    try {
      const id = reader.u8();
      const size = reader.u32();
      const start = reader.offset;
      reader.take(size);
      const name = id === SectionId.custom ? new WasmReader(bytes, start, start + size).name() : "";
      sections.push({ id, name, head: at, start, end: start + size });
    } catch (error) {
      if (!(error instanceof ModuleError) || error.code !== "MODULE_TRUNCATED") throw error;
      throw new ModuleError(
        "MODULE_TRUNCATED",
        `it is truncated: it ends at byte ${bytes.length}, inside the section that starts at byte ${at}`,
      );
    }
  }
  return sections;
}

/** Helps someone who passed the wrong file. */
function looksLike(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  if (head.startsWith("\x7fELF")) {
    return bytes[18] === 247 ? " but a BPF object (see `wbpf inspect`)" : " but an ELF file";
  }
  if (head.trimStart().startsWith("(module")) return " but WebAssembly text";
  if (/^[\t\n\r\x20-\x7e]+$/.test(head)) return " but a text file";
  return "";
}
