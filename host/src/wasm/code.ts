import { WasmReader } from "./reader.js";
import { readSections, SectionId } from "./sections.js";

/** Offsets in the file at which the function bodies start, ascending. V8 accepts the module. */
export function readFunctionStarts(bytes: Uint8Array): number[] {
  const section = readSections(bytes).find((s) => s.id === SectionId.code);
  if (section === undefined) return [];
  const reader = new WasmReader(bytes, section.start, section.end);
  const starts: number[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const size = reader.u32();
    starts.push(reader.offset);
    reader.take(size);
  }
  return starts;
}
