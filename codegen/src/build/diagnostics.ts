import { shown } from "./files.js";

/** A place in a source text. */
export interface SourceRange {
  readonly file: string;
  readonly text: string;
  /** Offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Line and column, both from 1, of an offset in a text. */
export function position(
  text: string,
  offset: number,
): { line: number; column: number; content: string } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  const next = text.indexOf("\n", offset);
  return {
    line: before.split("\n").length,
    column: offset - start + 1,
    content: text.slice(start, next < 0 ? undefined : next).replace(/\r$/, ""),
  };
}

/** A message in the form that editors and terminals make a link of, with the line that it is about, as clang writes its own. */
export function formatDiagnostic(
  severity: string,
  message: string,
  range: SourceRange | undefined,
): string {
  if (range === undefined) return `${severity}: ${message}\n`;
  const { line, column, content } = position(range.text, range.start);
  const visible = content.replaceAll("\t", " ");
  const length = Math.max(1, Math.min(range.end - range.start, visible.length - column + 1));
  return `${shown(range.file)}:${line}:${column}: ${severity}: ${message}\n${visible}\n${" ".repeat(column - 1)}${length === 1 ? "^" : `^${"~".repeat(length - 1)}`}\n`;
}
