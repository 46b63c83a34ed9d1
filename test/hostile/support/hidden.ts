import assert from "node:assert/strict";
import { analyseModule } from "../../../host/src/policy/analyse/module.js";
import { i32 } from "../../../host/src/testing/wasm-builder.js";
import type { Script } from "./script.js";

/** Where {@link invert} counts. */
const COUNTER = 512;
const COUNTED = [...i32(COUNTER), 0x28, 2, 0];

/** `memory.copy`. */
export const copy = (script: Script, to: number, from: number, size: number): void =>
  script.raw(...i32(to), ...i32(from), ...i32(size), 0xfc, 10, 0, 0);

/** Inverts bytes in place, when the module runs. */
export function invert(script: Script, at: number, size: number): void {
  const place = [...i32(at), ...COUNTED, 0x6a];
  script.raw(
    ...[...i32(COUNTER), ...i32(0), 0x36, 2, 0],
    ...[0x03, 0x40],
    ...place,
    ...place,
    ...[0x2d, 0, 0],
    ...i32(255),
    ...[0x73, 0x3a, 0, 0],
    ...i32(COUNTER),
    ...COUNTED,
    ...i32(1),
    ...[0x6a, 0x36, 2, 0],
    ...COUNTED,
    ...i32(size),
    ...[0x49, 0x0d, 0, 0x0b],
  );
}

/** An object that no analysis of the module sees: it lies there inverted, and the module makes it what it is before it opens it. */
export function hidden(script: Script, object: Uint8Array): [pointer: number, length: number] {
  const [at, size] = script.put(object.map((byte) => byte ^ 0xff));
  invert(script, at, size);
  return [at, size];
}

/** The module's file, of which has to be shown first that it tells nothing of its programs and maps. */
export function buildUnseen(script: Script): Uint8Array {
  const bytes = script.build();
  const kinds = analyseModule(bytes).uses.map(({ kind }) => kind);
  assert.deepEqual(
    kinds.filter((kind) => ["program", "map", "helper", "effect", "attach"].includes(kind)),
    [],
  );
  return bytes;
}
