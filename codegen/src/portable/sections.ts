import { customName, joinSections, splitSections } from "../build/wasm.js";

/** A Wasm binary without its custom sections of that name. */
export function withoutSection(wasm: Uint8Array, name: string): Uint8Array {
  return joinSections(
    wasm,
    splitSections(wasm).filter((section) => customName(section) !== name),
  );
}
