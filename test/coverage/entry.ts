/** What becomes of one function of libbpf. */
export type Entry =
  /** These exports of the SDK do it: `"name"`, or `"Class.member"`. */
  | { readonly covered: readonly string[] }
  /** A module has no use for it, or must not have it. */
  | { readonly excused: string }
  /** A module would have use for it, and has nothing for it yet. */
  | { readonly missing: string };

/** Functions of libbpf by name. */
export type Coverage = Readonly<Record<string, Entry>>;

export const by = (...names: string[]): Entry => ({ covered: names });
export const excused = (reason: string): Entry => ({ excused: reason });
export const missing = (what: string): Entry => ({ missing: what });

/** The same entry for several functions. */
export function all(entry: Entry, ...names: string[]): Coverage {
  return Object.fromEntries(names.map((name) => [name, entry]));
}
