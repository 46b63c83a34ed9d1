import { argument, argumentCount, isTaken, setTaken } from "../abi/argv";
import { encodedLength, encodeText } from "../abi/encode";
import { bounded } from "../abi/region";
import { stderr } from "../abi/streams";
import { console } from "../console/console";
import { exit } from "../start";
import { readText, textLength } from "../view/text";

const DASH: u8 = 0x2d;
const EQUALS: u8 = 0x3d;

/** Whether an argument begins with two dashes. */
function isOption(text: usize): bool {
  return load<u8>(text) == DASH && load<u8>(text, 1) == DASH;
}

/** Whether it is `--`, after which everything is positional. */
function isEnd(text: usize): bool {
  return isOption(text) && load<u8>(text, 2) == 0;
}

/** What follows `--name` in the argument, `=…` or nothing; 0 if it is another one. */
function after(text: usize, name: usize, length: i32): usize {
  if (!isOption(text)) return 0;
  text += 2;
  for (let end = name + length; name < end; name++, text++) {
    if (load<u8>(text) != load<u8>(name)) return 0;
  }
  const next = load<u8>(text);
  return next == 0 || next == EQUALS ? text : 0;
}

/** Position of `--name` or `--name=…` that nobody has taken yet, or -1. */
function find(name: string): i32 {
  const count = argumentCount();
  const bytes = encodeText(name);
  for (let i = 1; i < count; i++) {
    const text = argument(i);
    if (isEnd(text)) return -1;
    if (!isTaken(i) && after(text, bytes, encodedLength) != 0) return i;
  }
  return -1;
}

/** Wrong usage: one sentence about `--name`, and perhaps about its value; exit code 2. */
function refuse(name: string, why: string, value: usize): void {
  stderr.text("--");
  stderr.text(name);
  stderr.text(why);
  if (value != 0) {
    stderr.bytes(value, <i32>textLength(value, usize.MAX_VALUE));
    stderr.text("'");
  }
  stderr.end();
  exit(2);
}

/** The address of the text of `--name text` or `--name=text`, or 0 if the option is not there. */
function take(name: string): usize {
  const at = find(name);
  if (at < 0) return 0;
  setTaken(at);
  const rest = after(argument(at), encodeText(name), encodedLength);
  if (load<u8>(rest) == EQUALS) return rest + 1;
  const next = at + 1;
  if (next >= argumentCount() || isOption(argument(next))) {
    refuse(name, " needs a value", 0);
    return 0;
  }
  setTaken(next);
  return argument(next);
}

const U64_MAX_TENTH: u64 = u64.MAX_VALUE / 10;

/** Whether the text is a whole number that 64 bits hold; `parsed` has it then. */
function parse(text: usize): bool {
  parsed = 0;
  if (load<u8>(text) == 0) return false;
  for (let byte: u8 = 0; (byte = load<u8>(text)) != 0; text++) {
    const digit = <u64>(byte - 0x30);
    if (digit > 9 || parsed > U64_MAX_TENTH) return false;
    if (parsed == U64_MAX_TENTH && digit > u64.MAX_VALUE % 10) return false;
    parsed = parsed * 10 + digit;
  }
  return true;
}
let parsed: u64 = 0;

function textOf(address: usize): string {
  return readText(address, usize.MAX_VALUE);
}

/**
 * The module's arguments: `--name value`, `--name=value`, `--flag`, and what is left. An option that cannot be understood ends the module with one sentence and
 * exit code 2.
 */
export class args {
  /** All of them as they came, without the module's name. */
  static all(): string[] {
    bounded();
    const all: string[] = [];
    for (let i = 1; i < argumentCount(); i++) all.push(textOf(argument(i)));
    return all;
  }

  /** Whether `--name` was given. */
  static has(name: string): bool {
    const at = find(name);
    if (at < 0) return false;
    setTaken(at);
    return true;
  }

  /** The value of `--name`, or `missing`. */
  static string(name: string, missing: string): string {
    const text = take(name);
    return text == 0 ? missing : textOf(text);
  }

  /** The whole number of `--name`, 0 to 2⁶⁴−1, or `missing`. */
  static u64(name: string, missing: u64): u64 {
    const text = take(name);
    if (text == 0) return missing;
    if (!parse(text)) refuse(name, " wants a whole number, not '", text);
    return parsed;
  }

  /** The whole number of `--name`, −2³¹ to 2³¹−1, or `missing`. */
  static i32(name: string, missing: i32): i32 {
    const text = take(name);
    if (text == 0) return missing;
    const negative = load<u8>(text) == DASH;
    const limit: u64 = negative ? 0x8000_0000 : 0x7fff_ffff;
    if (!parse(negative ? text + 1 : text) || parsed > limit) {
      refuse(name, " wants a whole number of 32 bits, not '", text);
    }
    return negative ? <i32>-(<i64>parsed) : <i32>parsed;
  }

  /** What is neither an option nor an option's value, in order. Ask after all options were asked for. */
  static positional(): string[] {
    bounded();
    const rest: string[] = [];
    let options = true;
    for (let i = 1; i < argumentCount(); i++) {
      const text = argument(i);
      if (options && isEnd(text)) {
        options = false;
      } else if (!isTaken(i) && !(options && isOption(text))) {
        rest.push(textOf(text));
      }
    }
    return rest;
  }

  /**
   * Says that all options have been asked for: `--help` prints `usage` and ends the module with 0; an option that nobody asked for ends it with a sentence and 2.
   */
  static end(usage: string): void {
    if (args.has("help")) {
      console.log(usage);
      exit(0);
    }
    for (let i = 1; i < argumentCount(); i++) {
      const text = argument(i);
      if (isEnd(text)) return;
      if (isTaken(i) || !isOption(text)) continue;
      stderr.text("unknown option ");
      stderr.bytes(text, <i32>textLength(text, usize.MAX_VALUE));
      stderr.text("\n");
      stderr.line(usage);
      exit(2);
    }
  }
}
