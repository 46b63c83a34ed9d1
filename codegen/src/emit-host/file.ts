import type CodeBlockWriter from "code-block-writer";
import { scratch } from "../emit/scratch.js";
import type { TypeItem } from "../emit/shape.js";
import type { TypeTable } from "../emit/type-table.js";
import { writeEnum } from "./enum.js";
import type { Part } from "./object.js";
import { runtimeFor } from "./runtime.js";
import { writeArray, writeComposite } from "./view.js";

/** Puts a file together: header, what the classes need, the classes of all types of the table, then the parts. */
export function printFile(header: string, parts: readonly Part[], table: TypeTable): string {
  const written = parts.map((part) => print(part));
  const types: string[] = [];
  // The table grows while its items are written.
  for (let index = 0; index < table.items.length; index++) {
    const item = table.items[index] as TypeItem;
    types.push(print((writer) => writeItem(writer, item, table)));
  }
  const body = [...types, ...written];
  const runtime = runtimeFor(body, table.btf.byteOrder === "little").trim();
  const file = scratch().createSourceFile("host.ts", runtime, { overwrite: true });
  // The rest is text already, and megabytes of it for a large type of the kernel: parsing that again is what would take the time.
  return `${header}\n${[file.getFullText().trimEnd(), ...body].filter((part) => part !== "").join("\n\n")}\n`;
}

function print(part: Part): string {
  const writer = scratch().createWriter();
  part(writer);
  return writer.toString().trimEnd();
}

function writeItem(writer: CodeBlockWriter, item: TypeItem, table: TypeTable): void {
  if (item.kind === "composite") writeComposite(writer, item, table);
  else if (item.kind === "array") writeArray(writer, item, table);
  else writeEnum(writer, item, table);
}
