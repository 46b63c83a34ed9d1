import { printable } from "../explain/printable.js";
import type { AuditRecord } from "./record.js";

/** A pipe takes so much at once or not at all (PIPE_BUF of pipe(7)). */
const MOST = 4096;
/** Longest text of a field, in characters: a path may be longer, and is cut. */
const LONGEST = 300;

/** A record as one line of an audit log, of at most 4,096 bytes, with a newline. Its strings come from modules: whatever is not plain text is escaped. */
export function auditLine(record: AuditRecord): string {
  for (let longest = LONGEST; ; longest = Math.floor(longest / 2)) {
    // JSON escapes some of it itself, and takes the rest escaped the same way.
    const line = printable(
      JSON.stringify(record, (_, value: unknown) =>
        typeof value === "string" && value.length > longest ? `${value.slice(0, longest)}…` : value,
      ),
    );
    if (Buffer.byteLength(line) < MOST) return `${line}\n`;
  }
}
