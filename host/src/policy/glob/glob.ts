/** A pattern longer than this is a mistake, or meant to keep the host busy. */
export const MAX_PATTERN = 4096;

/** What a `?` does not stand for: a slash, and a star, which stands for more than one character where the text is a pattern itself. */
const PLURAL = /[/*]/;

/**
 * Whether a text matches a pattern: `*` stands for any characters but `/`, `**` for any characters, `?` for one but `/`; everything else for itself.
 *
 * The text may be a pattern too, such as the functions that a probe asks for: then the answer is whether all that it stands for is matched, as far as it has no slash.
 *
 * Not a regular expression, because a module's manifest brings patterns too: the time is at most the product of the two lengths.
 */
export function matches(pattern: string, text: string): boolean {
  if (pattern.length > MAX_PATTERN) return false;
  // reached[i]: the pattern so far matches the first i characters.
  let reached = new Uint8Array(text.length + 1);
  reached[0] = 1;
  for (let p = 0; p < pattern.length; p++) {
    const next = new Uint8Array(text.length + 1);
    const char = pattern[p];
    if (char === "*") {
      const deep = pattern[p + 1] === "*";
      if (deep) p++;
      next[0] = reached[0] ?? 0;
      for (let i = 1; i <= text.length; i++) {
        const grows = next[i - 1] === 1 && (deep || text[i - 1] !== "/");
        next[i] = reached[i] === 1 || grows ? 1 : 0;
      }
    } else {
      for (let i = 1; i <= text.length; i++) {
        const fits = char === "?" ? !PLURAL.test(text[i - 1] ?? "") : text[i - 1] === char;
        next[i] = fits ? (reached[i - 1] ?? 0) : 0;
      }
    }
    reached = next;
  }
  return reached[text.length] === 1;
}
