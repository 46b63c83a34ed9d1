/**
 * Names of generated code. What stands in C stays as it is; types become classes, whose names begin with a capital (`exec_key` → `ExecKey`). A name that
 * AssemblyScript keeps for itself, or that is already taken, gets an underscore at its end, and another until it is free.
 *
 * @module
 */

/** Words that AssemblyScript 0.28 does not take as the name of an accessor, found by compiling one class for each word. */
export const MEMBER_WORDS: readonly string[] =
  "async await break case catch class constructor debugger default do else enum export extends false finally function if implements import in interface let new null of override package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  );

/** The same for a class or a constant, and the names of what generated code uses. */
export const TOP_LEVEL_WORDS: readonly string[] = [
  ...MEMBER_WORDS,
  ..."abstract as const continue declare delete for from get instanceof is keyof module namespace readonly set type".split(
    " ",
  ),
  ..."bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 isize usize v128 string boolean number symbol undefined".split(
    " ",
  ),
  ..."Array ArrayBuffer Date Error Function Int8Array Map Math Number Object RangeError RegExp Set StaticArray String Symbol".split(
    " ",
  ),
  ..."changetype heap load memory store unreachable unchecked NaN Infinity globalThis".split(" "),
];

/** A name with everything that no identifier may hold replaced: linkers and other languages put dots, colons and brackets there. */
export function identifier(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_$]/g, "_");
  return /^[0-9]/.test(clean) || clean === "" ? `_${clean}` : clean;
}

/** The name of a class for a C type: `exec_key` → `ExecKey`, `__sk_buff` → `__SkBuff`, `my-tool` → `MyTool`. */
export function className(name: string): string {
  const [, lead = "", rest = ""] = /^(_*)(.*)$/s.exec(name) ?? [];
  const parts = rest.split(/[^A-Za-z0-9$]+/).filter((part) => part !== "");
  return identifier(
    lead + parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(""),
  );
}

/** Names in one place: a file, a class. */
export class Scope {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  /** A free name, as near as can be to the one that is wanted. */
  take(wanted: string): string {
    let name = wanted;
    while (this.taken.has(name)) name += "_";
    this.taken.add(name);
    return name;
  }
}
