import type { AuditRecord } from "./record.js";

/** A pipe takes so much at once or not at all (PIPE_BUF of pipe(7)). */
const MOST = 4096;
/** Longest text of a field, in characters: a path may be longer, and is cut. */
const LONGEST = 300;
/**
 * What a terminal or a reader could take for something else, and JSON leaves as it is: DEL and the C1 controls, line separators, and what turns the direction of
 * writing.
 */
const UNSAFE =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** A record as one line of an audit log, of at most 4,096 bytes, with a newline. Its strings come from modules: whatever is not plain text is escaped. */
export function auditLine(record: AuditRecord): string {
  for (let longest = LONGEST; ; longest = Math.floor(longest / 2)) {
    const line = JSON.stringify(record, (_, value: unknown) =>
      typeof value === "string" && value.length > longest ? `${value.slice(0, longest)}…` : value,
    ).replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
    if (Buffer.byteLength(line) < MOST) return `${line}\n`;
  }
}
