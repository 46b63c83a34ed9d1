import type { Row, Target } from "./types.js";

const HEAD = ["", "native", "ours", "unit", "ratio", "±", "target", ""];

/** The results as lines of text, in columns. */
export function table(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(line)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 3
            ? cell.padEnd(widths[column] ?? 0)
            : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function line(row: Row): string[] {
  return [
    row.name,
    row.native === null ? "" : number(row.native),
    number(row.ours),
    row.unit,
    row.ratio === null ? "" : row.ratio.toFixed(2),
    `${(row.spread * 100).toFixed(0)} %`,
    row.target === null ? "" : limit(row.target, row.unit),
    row.ok === null ? "" : row.ok ? "ok" : "missed",
  ];
}

function limit({ of, limit, kind = "most" }: Target, unit: string): string {
  return `${kind === "most" ? "≤" : "≥"} ${limit}${of === "value" ? ` ${unit}` : ""}`;
}

/** Three digits that matter. */
function number(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 3));
}
