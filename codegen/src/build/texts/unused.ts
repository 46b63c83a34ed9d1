import type { Binaryen, Module } from "../ir.js";
import { ABORT } from "../regions/names.js";
import { readFunctions, walk } from "../regions/tree.js";
import { readSignedLeb128 } from "../wasm.js";
import { HEADER, type StaticText } from "./stream.js";

/** `i32.const` */
const CONST = 0x41;

/**
 * Strings that only failed assertions print. The optimiser often shows that an assertion of AssemblyScript's library holds, and then nobody needs its text; nothing else is done with such a
 * string, so that its address is in the code for as long as it is needed.
 *
 * @param segments what stands in memory besides
 */
export function textsOfAborts(
  b: Binaryen,
  module: Module,
  texts: readonly StaticText[],
  segments: readonly Uint8Array[],
): StaticText[] {
  const uses = new Map<number, number>();
  const aborts = new Map<number, number>();
  const count = (counts: Map<number, number>, value: number): void => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  for (const { body } of readFunctions(b, module)) {
    if (body === undefined) return [];
    walk(body, ({ kind, name, value, parts }) => {
      if (value !== undefined) count(uses, value);
      if (kind !== b.CallId || name !== ABORT) return;
      for (const part of parts.slice(0, 2)) if (part.value !== undefined) count(aborts, part.value);
    });
  }
  for (let i = 0; i < module.getNumGlobals(); i++) {
    const { init } = b.getGlobalInfo(module.getGlobalByIndex(i));
    if (init === 0 || b.getExpressionId(init) !== b.ConstId) continue;
    const { value } = b.getExpressionInfo(init) as unknown as { readonly value: unknown };
    if (typeof value === "number") count(uses, value);
  }
  for (const bytes of segments) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 4 <= view.byteLength; at += 4) count(uses, view.getUint32(at, true));
  }
  return texts.filter(({ address }) => {
    const inAborts = aborts.get(address) ?? 0;
    return inAborts > 0 && inAborts === uses.get(address);
  });
}

/** Of some strings those that optimised code does not refer to. What looks like a reference is one. */
export function unreferenced(
  code: readonly Uint8Array[],
  texts: readonly StaticText[],
): StaticText[] {
  const constants = new Set<number>();
  for (const bytes of code) {
    for (let at = 0; at < bytes.length; at++)
      if (bytes[at] === CONST) constants.add(readSignedLeb128(bytes, at + 1)[0]);
  }
  return texts.filter(({ address, text }) => {
    for (let at = address - HEADER; at <= address + 2 * text.length; at++)
      if (constants.has(at)) return false;
    return true;
  });
}
