import type { Btf } from "../btf/btf.js";
import type { BtfEnum, TypeId } from "../btf/types.js";
import { type Layout, type LayoutMember, layoutOf } from "./layout.js";

/** Columns between which offsets start, as declarations need room. */
const LEFTMOST = 48;
const RIGHTMOST = 80;
/** A tab's width. */
const TAB = "        ";

/** A line of text, and what stands beside it. */
interface Row {
  readonly text: string;
  readonly note?: string;
}

/** A type as C with its offsets and sizes in bytes beside it, much as pahole(1) prints it. Ends with a newline. */
export function printType(btf: Btf, id: TypeId): string {
  const type = btf.type(id);
  switch (type.kind) {
    case "STRUCT":
    case "UNION":
      return `${printLayout(btf, layoutOf(btf, id))};\n`;
    case "ENUM":
    case "ENUM64":
      return `${printEnum(type)};\n`;
    case "TYPEDEF": {
      const target = btf.type(type.type);
      if ((target.kind === "STRUCT" || target.kind === "UNION") && target.name === "") {
        return `typedef ${printLayout(btf, layoutOf(btf, target.id))} ${printable(type.name)};\n`;
      }
      if ((target.kind === "ENUM" || target.kind === "ENUM64") && target.name === "") {
        return `typedef ${printEnum(target)} ${printable(type.name)};\n`;
      }
      return `typedef ${printable(btf.cDeclaration(type.type, type.name))};${sizeNote(btf, id)}\n`;
    }
    default:
      return `${printable(btf.cDeclaration(id))};${sizeNote(btf, id)}\n`;
  }
}

/** Names of BTF may hold anything; a terminal should not. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\uFFFD");
}

function sizeNote(btf: Btf, id: TypeId): string {
  const kind = btf.resolve(id).kind;
  if (kind === "VOID" || kind === "FWD" || kind === "FUNC" || kind === "FUNC_PROTO") return "";
  return ` /* size: ${btf.size(id)} */`;
}

function printEnum(type: BtfEnum): string {
  const width = Math.max(0, ...type.values.map(({ name }) => name.length));
  const lines = type.values.map(
    ({ name, value }) => `\t${printable(name).padEnd(width)} = ${value},\n`,
  );
  const note = type.truncated ? ", values cut to 32 bits by the compiler" : "";
  const title = type.name === "" ? "enum" : `enum ${printable(type.name)}`;
  return `${title} {\n${lines.join("")}\n\t/* size: ${type.size}, values: ${type.values.length}${note} */\n}`;
}

function printLayout(btf: Btf, layout: Layout): string {
  const title = layout.name === "" ? layout.kind : `${layout.kind} ${printable(layout.name)}`;
  const rows: Row[] = [];
  body(btf, layout, 1, rows);
  const end = summary(layout).map((line) => `\t${line}`);
  return [`${title} {`, ...align(rows), "", ...end, "}"].join("\n");
}

function body(btf: Btf, layout: Layout, depth: number, rows: Row[]): void {
  const indent = "\t".repeat(depth);
  for (const member of layout.members) {
    if (member.hole > 0) {
      rows.push(
        { text: "" },
        { text: `${indent}/* XXX ${amount(member.hole)} hole */` },
        { text: "" },
      );
    }
    if (member.body === undefined) {
      rows.push({ text: `${indent}${declaration(btf, member)};`, note: note(member) });
      continue;
    }
    rows.push({ text: `${indent}${member.body.kind} {` });
    body(btf, member.body, depth + 1, rows);
    if (member.body.padding > 0 && member.body.kind === "struct") {
      rows.push({ text: "" }, { text: `${indent}\t/* padding: ${amount(member.body.padding)} */` });
    }
    const end = member.name === "" ? "};" : `} ${printable(member.name)};`;
    rows.push({ text: `${indent}${end}`, note: note(member) });
  }
}

function align(rows: readonly Row[]): string[] {
  const width = (text: string) => text.replaceAll("\t", TAB).length;
  let column = LEFTMOST;
  for (const { text, note } of rows) {
    const needed = width(text) + 1;
    if (note !== undefined && needed <= RIGHTMOST) column = Math.max(column, needed);
  }
  return rows.map(({ text, note }) =>
    note === undefined ? text : `${text}${" ".repeat(Math.max(1, column - width(text)))}${note}`,
  );
}

function declaration(btf: Btf, member: LayoutMember): string {
  const text = printable(btf.cDeclaration(member.type, member.name));
  return member.bitfield ? `${text}:${member.bitSize}` : text;
}

/** Offset and size in bytes; of a bitfield the byte and the bit where it starts, and its bits. */
function note(member: LayoutMember): string {
  const byte = String(Math.floor(member.bitOffset / 8)).padStart(5);
  const bit = member.bitfield ? `:${member.bitOffset % 8}` : "  ";
  const size = member.bitfield ? `${member.bitSize}b` : String(member.bitSize / 8);
  return `/* ${byte}${bit} ${size.padStart(7)} */`;
}

function summary(layout: Layout): string[] {
  const holes = layout.members.map(({ hole }) => hole).filter((hole) => hole > 0);
  const lines = [`/* size: ${layout.size}, members: ${layout.members.length} */`];
  if (holes.length > 0) {
    const sum = holes.reduce((total, hole) => total + hole, 0);
    lines.push(`/* sum of ${holes.length} hole${holes.length === 1 ? "" : "s"}: ${amount(sum)} */`);
  }
  if (layout.padding > 0 && layout.kind === "struct")
    lines.push(`/* padding: ${amount(layout.padding)} */`);
  return lines;
}

/** Bits as whole bytes and the bits that are left: `3 bytes, 5 bits`. */
function amount(bits: number): string {
  const bytes = Math.floor(bits / 8);
  const rest = bits % 8;
  const parts: string[] = [];
  if (bytes > 0) parts.push(`${bytes} byte${bytes === 1 ? "" : "s"}`);
  if (rest > 0) parts.push(`${rest} bit${rest === 1 ? "" : "s"}`);
  return parts.join(", ");
}
