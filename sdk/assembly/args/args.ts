import { readArguments } from "../abi/argv";
import { console } from "../console/console";
import { exit } from "../start";

let argv: string[] = [];
const used: bool[] = [];
let wasRead: bool = false;

function load_(): void {
  if (wasRead) return;
  wasRead = true;
  argv = readArguments();
  for (let i = 0; i < argv.length; i++) used.push(i == 0);
}

/** Position of `--name` or `--name=…` that nobody has taken yet, or -1. After `--` everything is positional. */
function find(name: string): i32 {
  load_();
  const long = "--" + name;
  for (let i = 1; i < argv.length; i++) {
    if (argv[i] == "--") return -1;
    if (!used[i] && (argv[i] == long || argv[i].startsWith(long + "="))) return i;
  }
  return -1;
}

/** Wrong usage: one sentence, exit code 2. */
function refuse(text: string): void {
  console.error(text);
  exit(2);
}

/** The text of `--name text` or `--name=text`, or null if the option is not there. */
function take(name: string): string | null {
  const at = find(name);
  if (at < 0) return null;
  used[at] = true;
  const equals = argv[at].indexOf("=");
  if (equals >= 0) return argv[at].substring(equals + 1);
  if (at + 1 >= argv.length || argv[at + 1].startsWith("--")) {
    refuse(`--${name} needs a value`);
    return null;
  }
  used[at + 1] = true;
  return argv[at + 1];
}

const U64_MAX_TENTH: u64 = u64.MAX_VALUE / 10;

/** Whether the text is a whole number that 64 bits hold; `parsed` has it then. */
function parse(text: string): bool {
  parsed = 0;
  if (text.length == 0) return false;
  for (let i = 0; i < text.length; i++) {
    const digit = <u64>(text.charCodeAt(i) - 0x30);
    if (digit > 9 || parsed > U64_MAX_TENTH) return false;
    if (parsed == U64_MAX_TENTH && digit > u64.MAX_VALUE % 10) return false;
    parsed = parsed * 10 + digit;
  }
  return true;
}
let parsed: u64 = 0;

/**
 * The module's arguments: `--name value`, `--name=value`, `--flag`, and what is left. An option that cannot be understood ends the module with one sentence and
 * exit code 2.
 */
export class args {
  /** All of them as they came, without the module's name. */
  static all(): string[] {
    load_();
    return argv.slice(1);
  }

  /** Whether `--name` was given. */
  static has(name: string): bool {
    const at = find(name);
    if (at < 0) return false;
    used[at] = true;
    return true;
  }

  /** The value of `--name`, or `missing`. */
  static string(name: string, missing: string): string {
    const text = take(name);
    return text === null ? missing : text;
  }

  /** The whole number of `--name`, 0 to 2⁶⁴−1, or `missing`. */
  static u64(name: string, missing: u64): u64 {
    const text = take(name);
    if (text === null) return missing;
    if (!parse(text)) refuse(`--${name} wants a whole number, not '${text}'`);
    return parsed;
  }

  /** The whole number of `--name`, −2³¹ to 2³¹−1, or `missing`. */
  static i32(name: string, missing: i32): i32 {
    const text = take(name);
    if (text === null) return missing;
    const negative = text.startsWith("-");
    const limit: u64 = negative ? 0x8000_0000 : 0x7fff_ffff;
    if (!parse(negative ? text.substring(1) : text) || parsed > limit) {
      refuse(`--${name} wants a whole number of 32 bits, not '${text}'`);
    }
    return negative ? <i32>-(<i64>parsed) : <i32>parsed;
  }

  /** What is neither an option nor an option's value, in order. Ask after all options were asked for. */
  static positional(): string[] {
    load_();
    const rest: string[] = [];
    let options = true;
    for (let i = 1; i < argv.length; i++) {
      if (options && argv[i] == "--") {
        options = false;
      } else if (!used[i] && !(options && argv[i].startsWith("--"))) {
        rest.push(argv[i]);
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
    for (let i = 1; i < argv.length && argv[i] != "--"; i++) {
      if (!used[i] && argv[i].startsWith("--")) refuse(`unknown option ${argv[i]}\n${usage}`);
    }
  }
}
