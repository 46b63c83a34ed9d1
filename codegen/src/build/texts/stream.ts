import type { Binaryen, Module } from "../ir.js";

/** A string that a module begins with. */
export interface StaticText {
  readonly text: string;
  /** Address of its first character. */
  readonly address: number;
}

/** AssemblyScript's header of an object: five words before it, of which the last two are its class and its size in bytes. */
export const HEADER = 20;
const CLASS = -8;
const SIZE = -4;
/** Class of `String`. */
const STRING = 2;
/** Strings are so many bytes apart, or a multiple. */
const STEP = 16;
/** The most that a byte holds: the furthest step of a record. */
const MOST = 255;

/** How the strings of a module are packed. */
export interface Packing {
  /** Where the packed bytes stand until they are unpacked: behind all else. */
  readonly start: number;
  /** Whether a length takes two bytes, because some string is longer than 255 characters. */
  readonly wide: boolean;
}

/** Whether a string can be packed: each character becomes a byte. */
export function isPackable({ text, address }: StaticText): boolean {
  if (text.length === 0 || text.length > 0xffff || address % STEP !== 0) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > MOST) return false;
  return true;
}

/**
 * Strings as records: how many steps the string is further than the one before, its length, its characters. A record of length 0 is a step only, and a
 * step of 0 is the end.
 */
export function pack(texts: readonly StaticText[], { wide }: Packing): Uint8Array {
  const bytes: number[] = [];
  const length = (value: number): number[] => (wide ? [value & 0xff, value >> 8] : [value]);
  let at = 0;
  for (const { text, address } of [...texts].sort((a, b) => a.address - b.address)) {
    let steps = (address - at) / STEP;
    for (; steps > MOST; steps -= MOST) bytes.push(MOST, ...length(0));
    bytes.push(steps, ...length(text.length));
    for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i));
    at = address;
  }
  return Uint8Array.from(bytes);
}

/** Locals of the function. */
const FROM = 0;
const TEXT = 1;
const LENGTH = 2;
const TO = 3;
const STEPS = 4;

/** Adds the function that unpacks what {@link pack} made, and makes zero again where that stood. */
export function addUnpacker(
  b: Binaryen,
  module: Module,
  name: string,
  { start, wide }: Packing,
): void {
  const { i32, local } = module;
  const get = (index: number): number => local.get(index, b.i32);
  const add = (index: number, amount: number): number =>
    local.set(index, i32.add(get(index), i32.const(amount)));
  const copy = module.loop(
    "copy",
    module.block(null, [
      i32.store16(0, 1, get(TO), i32.load8_u(0, 1, get(FROM))),
      add(TO, 2),
      add(FROM, 1),
      module.br_if("copy", local.tee(LENGTH, i32.sub(get(LENGTH), i32.const(1)), b.i32)),
    ]),
  );
  const characters = module.block(null, [
    i32.store(0, 4, i32.add(get(TEXT), i32.const(CLASS)), i32.const(STRING)),
    i32.store(0, 4, i32.add(get(TEXT), i32.const(SIZE)), i32.shl(get(LENGTH), i32.const(1))),
    local.set(TO, get(TEXT)),
    copy,
  ]);
  const record = module.block(null, [
    local.set(TEXT, i32.add(get(TEXT), i32.mul(get(STEPS), i32.const(STEP)))),
    local.set(LENGTH, wide ? i32.load16_u(1, 1, get(FROM)) : i32.load8_u(1, 1, get(FROM))),
    add(FROM, wide ? 3 : 2),
    module.if(get(LENGTH), characters),
    module.br("records"),
  ]);
  const body = module.block(null, [
    local.set(FROM, i32.const(start)),
    module.loop(
      "records",
      module.if(local.tee(STEPS, i32.load8_u(0, 1, get(FROM)), b.i32), record),
    ),
    module.memory.fill(i32.const(start), i32.const(0), i32.sub(get(FROM), i32.const(start))),
  ]);
  module.addFunction(name, b.none, b.none, new Array<number>(STEPS + 1).fill(b.i32), body);
}
