/** Control characters, separators of lines, what cannot be seen, and what turns the direction of writing. */
const UNPRINTABLE =
  /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** A line that may hold names of a module, for a terminal: what would move the cursor or hide something is written as `\u001b`. */
export const printable = (line: string): string =>
  line.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
