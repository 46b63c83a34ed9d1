/**
 * Texts that are put together of parts, which is what template literals are. `wbpf build` writes these calls for a template literal of a release build (docs/build.md, "Texts"): each part is
 * added to a buffer as it is evaluated, a number without a string made of it, and the whole becomes a string or is printed.
 *
 * Texts may be begun while others are: a text is what follows its beginning in the buffer. Functions that add something return the beginning that they got, so that a text is one expression.
 *
 * @module
 */
import { addressOf, viewAt } from "../abi/memory";
import { keep } from "../abi/region";
import { stderr, stdout } from "../abi/streams";
import { Output } from "./output";

/** Bytes that most texts have room in. */
const FIRST: usize = 2048;
/** Bytes of the longest whole number and its sign. */
const MOST_DIGITS: usize = 42;
const MINUS: u16 = 0x2d;
const ZERO: u16 = 0x30;

/** All of it is UTF-16, as strings are. */
let buffer: usize = memory.data(2048, 4);
let capacity: usize = FIRST;
let used: usize = 0;

const digits: usize = memory.data(42, 4);

/** The address for some more bytes. */
function room(bytes: usize): usize {
  const at = used;
  used += bytes;
  if (used > capacity) grow(at);
  return buffer + at;
}

function grow(length: usize): void {
  const old = buffer;
  buffer = heap.alloc(used << 1);
  memory.copy(buffer, old, length);
  if (capacity > FIRST) heap.free(old);
  capacity = used << 1;
  keep();
}

function append(address: usize, bytes: usize): void {
  memory.copy(room(bytes), address, bytes);
}

/** Where a text begins that is to be put together. */
export function begin(): u32 {
  return <u32>used;
}

/** Adds a string. */
export function addText(start: u32, text: string): u32 {
  append(addressOf(text), (<usize>text.length) << 1);
  return start;
}

/** Adds a character of the Basic Multilingual Plane, or a surrogate. */
export function addUnit(start: u32, unit: u32): u32 {
  store<u16>(room(2), unit);
  return start;
}

/** The address of the first digit of a whole number, in UTF-16; {@link digitsEnd} is their end. */
export function digitsOf(value: u64): usize {
  let at = digitsEnd();
  do {
    const rest = value / 10;
    at -= 2;
    store<u16>(at, ZERO + <u16>(value - rest * 10));
    value = rest;
  } while (value != 0);
  return at;
}

export function digitsEnd(): usize {
  return digits + MOST_DIGITS;
}

/** Adds a whole number. */
export function addUnsigned(start: u32, value: u64): u32 {
  const at = digitsOf(value);
  append(at, digitsEnd() - at);
  return start;
}

/** Adds a whole number that may be negative. */
export function addSigned(start: u32, value: i64): u32 {
  if (value < 0) {
    addUnit(start, MINUS);
    value = -value;
  }
  return addUnsigned(start, value);
}

/** Writes a text over and over, as often as it takes for some characters. */
function fill(at: usize, count: i32, text: string): void {
  for (let i: i32 = 0; i < count; i++)
    store<u16>(
      at + ((<usize>i) << 1),
      load<u16>(addressOf(text) + ((<usize>(i % text.length)) << 1)),
    );
}

/** Characters that are missing from `mark` on; none if there is nothing to fill them with. */
function missing(mark: u32, length: i32, text: string): i32 {
  return text.length == 0 ? 0 : max(length - <i32>((used - mark) >> 1), 0);
}

/** What was added from `mark` on gets at least `length` characters: `padEnd`. */
export function padEnd(start: u32, mark: u32, length: i32, text: string): u32 {
  const count = missing(mark, length, text);
  fill(room((<usize>count) << 1), count, text);
  return start;
}

/** The same before it: `padStart`. */
export function padStart(start: u32, mark: u32, length: i32, text: string): u32 {
  const bytes = used - mark;
  const count = missing(mark, length, text);
  const more = (<usize>count) << 1;
  room(more);
  memory.copy(buffer + mark + more, buffer + mark, bytes);
  fill(buffer + mark, count, text);
  return start;
}

/** The text as a string. */
export function toText(start: u32): string {
  const bytes = used - start;
  const text = __new(bytes, idof<string>());
  memory.copy(text, buffer + start, bytes);
  used = <usize>start;
  return viewAt<string>(text);
}

function print(output: Output, start: u32): void {
  output.units(buffer + start, buffer + used);
  used = <usize>start;
}

/** `console.log` and `console.info` of the text. */
export function log(start: u32): void {
  print(stdout, start);
  stdout.end();
}

/** `console.warn` and `console.error` of the text. */
export function error(start: u32): void {
  stdout.flush();
  print(stderr, start);
  stderr.end();
}

/** `console.write` of the text. */
export function write(start: u32): void {
  print(stdout, start);
  stdout.pause();
}
